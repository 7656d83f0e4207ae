import { HighlightStyle } from "@codemirror/language";
import { tags } from "@lezer/highlight";

/** Colours of code on a light and on a dark ground, each with enough contrast on `--card`: the page's own scheme says which. */
export const highlights = HighlightStyle.define([
  { tag: [tags.keyword, tags.modifier, tags.operatorKeyword], color: "light-dark(#708, #c9a6ff)" },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], color: "light-dark(#a11, #9fd99f)" },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: "light-dark(#164, #f0b27a)" },
  { tag: [tags.comment, tags.meta], color: "light-dark(#744a00, #a3a3a3)", fontStyle: "italic" },
  {
    tag: [tags.propertyName, tags.definition(tags.propertyName), tags.attributeName],
    color: "light-dark(#00c, #8ec7ff)",
  },
  {
    tag: [tags.function(tags.variableName), tags.definition(tags.variableName)],
    color: "light-dark(#00c, #8ec7ff)",
  },
  { tag: [tags.typeName, tags.className, tags.namespace], color: "light-dark(#065f50, #7fd6cf)" },
  { tag: tags.invalid, color: "light-dark(#b3001b, #ff9a8d)" },
]);
