// How the pages look that the edge writes itself: in the colours, fonts and corners of the app.

/** The colours of the app by their names there; a test holds them to it. Light first, then dark. */
export const lookColours = {
  background: ["#fafaf7", "oklch(0.213 0 0)"],
  card: ["#ffffff", "oklch(0.245 0 0)"],
  text: ["#141414", "oklch(0.95 0 0)"],
  muted: ["#6b6861", "oklch(0.72 0 0)"],
  border: ["#e7e0d6", "oklch(0.34 0 0)"],
  "control-border": ["#8f897e", "oklch(0.55 0 0)"],
  primary: ["#181818", "oklch(0.72 0.14 250)"],
  "on-primary": ["#fafaf7", "oklch(0.19 0 0)"],
  focus: ["#1f5fbf", "oklch(0.72 0.14 250)"],
  success: ["#226b41", "oklch(0.8 0.13 155)"],
  failure: ["#a83220", "oklch(0.78 0.13 28)"],
} as const;

/** Fonts and corners of the app, by their names there. */
export const lookForms = {
  "radius-card": "18px",
  "radius-control": "12px",
  sans: '"Geist", ui-sans-serif, system-ui, -apple-system, "Segoe UI", "Helvetica Neue", Arial, sans-serif',
  mono: '"Geist Mono", ui-monospace, "SFMono-Regular", Menlo, Consolas, "DejaVu Sans Mono", monospace',
} as const;

const declare = (values: readonly (readonly [name: string, value: string])[]) =>
  values.map(([name, value]) => `--${name}:${value}`).join(";");
const colours = Object.entries(lookColours);

/** Older browsers know no light-dark(): the dark colours stand in a rule of their own. */
const tokens = `:root{color-scheme:light dark;${declare([
  ...colours.map(([name, [light]]) => [name, light] as const),
  ...Object.entries(lookForms),
])}}
@media(prefers-color-scheme:dark){:root{${declare(colours.map(([name, [, dark]]) => [name, dark] as const))}}}`;

/** The style of such a page: every colour pair is at least 4.5 to 1 in its own scheme. */
export const pageLook = `${tokens}
*{box-sizing:border-box}html{font:16px/1.5 var(--sans);background:var(--background);color:var(--text);-webkit-text-size-adjust:100%}
body{margin:0}main{max-width:44rem;margin:0 auto;padding:1.5rem 1rem 3rem}h1{font-size:1.5rem;line-height:1.25;margin:.5rem 0}h2{font-size:1.1rem;margin:1.5rem 0 .5rem}
p{margin:.5rem 0}a{color:inherit}.muted,.hint{color:var(--muted)}.hint{font-size:.9rem;margin:.15rem 0}.bad{color:var(--failure)}.good{color:var(--success)}
.card{background:var(--card);border:1px solid var(--border);border-radius:var(--radius-card);padding:1rem;margin:1rem 0;overflow-wrap:anywhere}
.card>h2:first-child{margin-top:0}.card>pre.text+pre{margin-top:.75rem}.field{margin:0 0 1.1rem;min-width:0;border:0;padding:0}.field>label,.field>legend{display:block;font-weight:600;padding:0}
input,textarea,select,button{font:inherit;color:inherit}
input:not([type=checkbox],[type=radio],[type=range],[type=color]),textarea,select{width:100%;min-height:44px;padding:.5rem .65rem;background:var(--background);border:1px solid var(--control-border);border-radius:var(--radius-control)}
input[type=checkbox],input[type=radio]{width:1.25rem;height:1.25rem;margin:0 .5rem 0 0;vertical-align:-.25rem;flex:none;accent-color:var(--text)}input[type=range]{width:100%;min-height:44px}input[type=color]{min-height:44px;min-width:4rem}
textarea{min-height:7rem;resize:vertical}textarea.code{font:13px/1.4 var(--mono);min-height:11rem}.nested{border-left:2px solid var(--border);margin-top:.4rem;padding-left:1rem}.nested>.field:last-child{margin-bottom:0}
.field>.choice,.choice{display:flex;align-items:center;min-height:44px;font-weight:400}button,.button{display:inline-block;min-height:44px;padding:.55rem 1.2rem;border:0;border-radius:var(--radius-control);background:var(--primary);color:var(--on-primary);font-weight:600;cursor:pointer;text-decoration:none}
button.plain,.button.plain{background:transparent;color:inherit;border:1px solid var(--control-border);font-weight:500}
:focus-visible{outline:3px solid var(--focus);outline-offset:2px}[aria-invalid=true]{border-color:var(--failure)!important}
table{border-collapse:collapse;width:100%}.scroll{overflow-x:auto;max-width:100%}th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;border-bottom:1px solid var(--border)}
pre{font:14px/1.5 var(--mono);white-space:pre-wrap;overflow-wrap:anywhere;margin:0}img,video{max-width:100%;height:auto}audio{width:100%}iframe.frame{width:100%;height:26rem;border:1px solid var(--border);border-radius:var(--radius-control)}iframe.short{height:12rem}dd pre.text,.card>pre.text{font:inherit}
progress{width:100%;height:.8rem;accent-color:var(--primary)}nav.actions{display:flex;gap:.5rem;flex-wrap:wrap;margin:1rem 0}nav.actions a{padding:.5rem .9rem;border:1px solid var(--border);border-radius:999px;text-decoration:none}nav.actions a[aria-current]{border-color:var(--text);font-weight:600}
dl{margin:0}dt{font-weight:600;margin-top:.6rem}dd{margin:0;overflow-wrap:anywhere}.row{display:flex;flex-wrap:wrap;gap:.75rem;align-items:center}.slider{display:flex;gap:1rem;align-items:center}.slider>input[type=number]{width:6rem}[hidden]{display:none!important}.chart{display:block;margin:.5rem 0}summary{min-height:44px;padding:.6rem 0;cursor:pointer}.qr{width:10rem;height:10rem;background:#fff;border-radius:8px}
.drop{border:2px dashed var(--control-border);border-radius:12px;padding:.75rem}.drop.over{border-color:var(--text)}.drop input[type=file]{border:0;padding:0;background:none}::file-selector-button{font:inherit;color:inherit;margin-right:.75rem;padding:.45rem .9rem;background:var(--card);border:1px solid var(--control-border);border-radius:var(--radius-control);cursor:pointer}.preview img{max-height:10rem;border-radius:8px;margin-top:.5rem}
.skip{position:absolute;left:-999px}.skip:focus{left:1rem;top:.5rem;background:var(--card);padding:.5rem}footer{margin-top:2.5rem;font-size:.9rem}
@media(prefers-reduced-motion:no-preference){button{transition:opacity .11s}}`;
