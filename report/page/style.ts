import { themeStyle } from '../charts/svg-text.ts';

/** The page's whole style sheet. */
export const style = `${themeStyle(':root')}
:root{color-scheme:light dark}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
main,header,footer{max-width:76rem;margin:0 auto;padding:0 1rem}
h1{font-size:clamp(1.4rem,1rem + 2.2vw,2.4rem);line-height:1.2;margin:1.5rem 0 .5rem;text-wrap:balance}
h2{font-size:1.25rem;margin:2.5rem 0 .75rem}h3{font-size:1rem;margin:1.25rem 0 .5rem}
p{margin:.5rem 0}time{white-space:nowrap}.soft,small{color:var(--soft)}small{font-size:.8rem;display:block}
a{color:var(--link)}a:focus-visible,summary:focus-visible,.scroll:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.banner{background:var(--d2);color:var(--ink);text-align:center;padding:.4rem 1rem;font-weight:600}
.across{position:fixed;inset:0;display:grid;place-items:center;pointer-events:none;z-index:1;overflow:hidden}
.across span{font-size:13vw;font-weight:800;letter-spacing:.04em;white-space:nowrap;transform:rotate(-24deg);color:var(--ink);opacity:.05}
figure{margin:0;background:var(--card);border-radius:.6rem;padding:1rem;min-width:0}
figure svg{display:block;width:100%;height:auto}figcaption{font-weight:600;margin-bottom:.5rem}figcaption small{font-weight:400}
.narrow{display:none}.charts,.tiles,.months{display:grid;gap:1rem;grid-template-columns:repeat(auto-fill,minmax(min(100%,29rem),1fr))}
.charts,.tiles{align-items:start}.tiles{grid-template-columns:repeat(auto-fill,minmax(min(100%,16rem),1fr))}
.tile{background:var(--card);border-radius:.6rem;padding:.8rem 1rem;min-width:0}.tile h3{margin:0}.tile:has(details[open]){grid-column:1/-1}.tile tbody th{background:var(--card)}.tile td{white-space:nowrap}
.tile .close{font-size:1.5rem;font-weight:650;font-variant-numeric:tabular-nums;line-height:1.3}
.tile dl,.facts{display:grid;grid-template-columns:auto 1fr;gap:.15rem .75rem;margin:.4rem 0}dt{color:var(--soft)}dd{margin:0}
.scroll{overflow-x:auto;max-width:100%}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{padding:.4rem .6rem;text-align:left;border-bottom:1px solid var(--rule);vertical-align:top;overflow-wrap:normal}
thead th{color:var(--soft);font-weight:600;font-size:.85rem}td.number{text-align:right;white-space:nowrap}.numbers thead th:not(:first-child){text-align:right}
tbody th{position:sticky;left:0;background:var(--page);font-weight:600}
.up1{background:var(--u1)}.up2{background:var(--u2)}.up3{background:var(--u3)}.down1{background:var(--d1)}.down2{background:var(--d2)}.down3{background:var(--d3)}
td.up2 small,td.up3 small,td.down2 small,td.down3 small{color:var(--ink)}
.up{color:var(--s1);font-weight:600}.down{color:var(--s0);font-weight:600}
.bad{color:var(--bad);font-weight:700}.glyph td,.glyph thead th{padding:.1rem .35rem;text-align:center;border:0}.glyph{width:auto}.glyph tbody th{font-weight:400;white-space:nowrap;padding:.1rem .5rem .1rem 0;border:0}
.glyph a,.glyph td span{text-decoration:none;display:inline-block;min-width:1.5rem;line-height:1.5rem}.glyph a:hover{background:var(--rule)}
pre{margin:0;font:.74rem/1.35 ui-monospace,'DejaVu Sans Mono',monospace;overflow-x:auto;white-space:pre}
.legend{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;list-style:none;padding:0}details{margin:.4rem 0}summary{cursor:pointer;color:var(--link)}
.id{font-family:ui-monospace,monospace;font-size:.82em}ul{padding-left:1.2rem}footer{margin:3rem auto;font-size:.85rem}
@media(max-width:40rem){.wide{display:none}.narrow{display:block}th,td{padding:.35rem .45rem}figure{padding:.6rem}}
@media print{.scroll,pre{overflow:visible}figure,.tile,tr{break-inside:avoid}.across{position:fixed}body{font-size:11pt}a{color:inherit}}
`;
