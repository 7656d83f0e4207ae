import { HighlightStyle } from "@codemirror/language";
import { tags } from "@lezer/highlight";

/** Colours of code on a dark ground, each with enough contrast on `--card`. */
export const darkHighlights = HighlightStyle.define([
  { tag: [tags.keyword, tags.modifier, tags.operatorKeyword], color: "#c9a6ff" },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], color: "#9fd99f" },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: "#f0b27a" },
  { tag: [tags.comment, tags.meta], color: "#a3a3a3", fontStyle: "italic" },
  { tag: [tags.propertyName, tags.definition(tags.propertyName), tags.attributeName], color: "#8ec7ff" },
  { tag: [tags.function(tags.variableName), tags.definition(tags.variableName)], color: "#8ec7ff" },
  { tag: [tags.typeName, tags.className, tags.namespace], color: "#7fd6cf" },
  { tag: tags.invalid, color: "#ff9a8d" },
]);
