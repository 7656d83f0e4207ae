/** How cards look: a host's own colours and type where it gives any, light and dark. */
export const cardStyle = `
:root { color-scheme: light dark; }
body { margin: 0; padding: 12px; font: 14px/1.45 var(--font-sans, system-ui, sans-serif);
  color: var(--color-text-primary, light-dark(#171717, #f5f5f5)); background: var(--color-background-primary, light-dark(#fff, #171717)); }
h1 { font-size: 16px; margin: 0 0 4px; } h2 { font-size: 14px; margin: 12px 0 4px; } p { margin: 4px 0; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: 4px 0; padding: 8px; max-height: 320px; overflow: auto;
  border: 1px solid light-dark(#d4d4d4, #525252); border-radius: 6px; font: 12px/1.4 var(--font-mono, ui-monospace, monospace); }
table { border-collapse: collapse; display: block; overflow: auto; max-width: 100%; }
th, td { text-align: left; padding: 3px 8px; border-bottom: 1px solid light-dark(#d4d4d4, #525252); vertical-align: top; overflow-wrap: anywhere; }
label { display: block; margin-top: 8px; font-weight: 600; } small { display: block; }
input:not([type=checkbox]), select, textarea { box-sizing: border-box; width: 100%; font: inherit; padding: 5px 7px; border-radius: 6px;
  border: 1px solid light-dark(#737373, #a3a3a3); color: inherit; background: inherit; }
textarea { min-height: 64px; }
button { font: inherit; margin: 8px 8px 0 0; padding: 6px 12px; border-radius: 6px; cursor: pointer; border: 1px solid light-dark(#525252, #a3a3a3);
  color: inherit; background: inherit; }
button.first { color: #fff; background: #1d4ed8; border-color: #1d4ed8; }
button:disabled { opacity: .6; cursor: default; }
.wrong { color: light-dark(#b91c1c, #fca5a5); }
`;
