import { chooseTextColour } from "./choose-text-colour.ts";

/** Every colour pair here is at least 4.5 to 1 in its own scheme, 3 to 1 for what is no text. */
const base = `:root{color-scheme:light dark;--bg:#fafaf7;--card:#fff;--text:#141414;--muted:#5c5952;--line:#c9c2b6;--accent:#181818;--on-accent:#fff;--bad:#a3200f;--ok:#1d6b3d}
@media(prefers-color-scheme:dark){:root{--bg:#171717;--card:#202020;--text:#ededed;--muted:#b3b0aa;--line:#5a5a5a;--accent:#9db8ff;--on-accent:#101010;--bad:#ff9d8c;--ok:#86d9a5}}
*{box-sizing:border-box}html{font:16px/1.5 system-ui,sans-serif;background:var(--bg);color:var(--text);-webkit-text-size-adjust:100%}
body{margin:0}main{max-width:44rem;margin:0 auto;padding:1.5rem 1rem 3rem}h1{font-size:1.5rem;line-height:1.25;margin:.5rem 0}h2{font-size:1.1rem;margin:1.5rem 0 .5rem}
p{margin:.5rem 0}a{color:inherit}.muted,.hint{color:var(--muted)}.hint{font-size:.9rem;margin:.15rem 0}.bad{color:var(--bad)}
.card{background:var(--card);border:1px solid var(--line);border-radius:14px;padding:1rem;margin:1rem 0;overflow-wrap:anywhere}
.field{margin:0 0 1.1rem;min-width:0;border:0;padding:0}.field>label,.field>legend{display:block;font-weight:600;padding:0}
input,textarea,select,button{font:inherit;color:inherit}
input:not([type=checkbox],[type=radio],[type=range],[type=color]),textarea,select{width:100%;min-height:44px;padding:.5rem .65rem;background:var(--bg);border:1px solid var(--muted);border-radius:10px}
input[type=checkbox],input[type=radio]{width:1.25rem;height:1.25rem;margin:0 .5rem 0 0;vertical-align:-.25rem;flex:none;accent-color:var(--text)}input[type=range]{width:100%;min-height:44px}input[type=color]{min-height:44px;min-width:4rem}
textarea{min-height:7rem;resize:vertical}textarea.code{font:13px/1.4 ui-monospace,monospace;min-height:11rem}.nested{border-left:2px solid var(--line);margin-top:.4rem;padding-left:1rem}.nested>.field:last-child{margin-bottom:0}
.field>.choice,.choice{display:flex;align-items:center;min-height:44px;font-weight:400}button,.button{display:inline-block;min-height:44px;padding:.55rem 1.2rem;border:0;border-radius:10px;background:var(--accent);color:var(--on-accent);font-weight:600;cursor:pointer;text-decoration:none}
button.plain,.button.plain{background:transparent;color:inherit;border:1px solid var(--muted);font-weight:500}
:focus-visible{outline:3px solid var(--text);outline-offset:2px}[aria-invalid=true]{border-color:var(--bad)!important}
table{border-collapse:collapse;width:100%}.scroll{overflow-x:auto;max-width:100%}th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;border-bottom:1px solid var(--line)}
pre{font:14px/1.5 ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere;margin:0}img,video{max-width:100%;height:auto}audio{width:100%}iframe.frame{width:100%;height:26rem;border:1px solid var(--line);border-radius:10px}iframe.short{height:12rem}dd pre.text,.card>pre.text{font:inherit}
progress{width:100%;height:.8rem;accent-color:var(--accent)}nav.actions{display:flex;gap:.5rem;flex-wrap:wrap;margin:1rem 0}nav.actions a{padding:.5rem .9rem;border:1px solid var(--line);border-radius:999px;text-decoration:none}nav.actions a[aria-current]{border-color:var(--text);font-weight:600}
dl{margin:0}dt{font-weight:600;margin-top:.6rem}dd{margin:0;overflow-wrap:anywhere}.row{display:flex;flex-wrap:wrap;gap:.75rem;align-items:center}.slider{display:flex;gap:1rem;align-items:center}.slider>input[type=number]{width:6rem}[hidden]{display:none!important}.chart{display:block;margin:.5rem 0}summary{min-height:44px;padding:.6rem 0;cursor:pointer}.qr{width:10rem;height:10rem;background:#fff;border-radius:8px}
.drop{border:2px dashed var(--muted);border-radius:12px;padding:.75rem}.drop.over{border-color:var(--text)}.drop input[type=file]{border:0;padding:0;background:none}::file-selector-button{font:inherit;color:inherit;margin-right:.75rem;padding:.45rem .9rem;background:var(--card);border:1px solid var(--muted);border-radius:10px;cursor:pointer}.preview img{max-height:10rem;border-radius:8px;margin-top:.5rem}
.skip{position:absolute;left:-999px}.skip:focus{left:1rem;top:.5rem;background:var(--card);padding:.5rem}footer{margin-top:2.5rem;font-size:.9rem}
@media(prefers-reduced-motion:no-preference){button{transition:opacity .11s}}`;

/** The style of a page, in its owner's colour where there is one. The colour must be `#rrggbb`. Pure. */
export function buildPageStyle(accent: string | null): string {
  if (accent === null || !/^#[0-9a-f]{6}$/i.test(accent)) return base;
  const text = chooseTextColour(accent);
  const rule = `--accent:${accent};--on-accent:${text}`;
  return `${base}\n:root{${rule}}@media(prefers-color-scheme:dark){:root{${rule}}}`;
}
