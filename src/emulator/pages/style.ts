export const style = `
:root { color-scheme: light dark; --ink: #1c1f24; --quiet: #666d78; --faint: #9aa1ab; --line: #e2e4e8; --soft: #f5f6f7; --page: #fff; --link: #1f5fa8;
  --open: #2b7a4b; --closed: #7d6aa8; --bad: #b3423a; --wait: #9a6b12; --add: #e9f6ec; --add-ink: #1d6b3a; --del: #fcedec; --del-ink: #9c342d; --accent: #2f6f9f; }
@media (prefers-color-scheme: dark) { :root { --ink: #d9dce1; --quiet: #969da8; --faint: #6c737d; --line: #2c3038; --soft: #1c1f25; --page: #15171b; --link: #7fb2e8;
  --open: #6cbf8b; --closed: #ab9bd6; --bad: #e0837b; --wait: #d3a44f; --add: #17291d; --add-ink: #86cfa0; --del: #311b1a; --del-ink: #e89c95; --accent: #7fb2d8; } }
* { box-sizing: border-box }
html { font: 16px/1.55 system-ui, -apple-system, "Segoe UI", "Liberation Sans", sans-serif; color: var(--ink); background: var(--page); -webkit-text-size-adjust: 100% }
body { max-width: 62rem; margin: 0 auto; padding: 0 1.5rem 6rem }
a { color: var(--link); text-decoration: none } a:hover { text-decoration: underline; text-underline-offset: .15em }
h1, h2, h3 { line-height: 1.25; font-weight: 600; letter-spacing: -.01em } h1 { font-size: 1.65rem; margin: 1.6rem 0 .3rem } h2 { font-size: 1.1rem; margin: 2.2rem 0 .6rem }
code, pre, .mono, textarea { font-family: ui-monospace, "SF Mono", "Liberation Mono", "DejaVu Sans Mono", Menlo, monospace; font-size: .86em }
.quiet { color: var(--quiet) } .small { font-size: .86rem } .right { margin-left: auto }
header.top { display: flex; gap: 1.2rem; align-items: baseline; padding: 1.1rem 0 .8rem; border-bottom: 1px solid var(--line); flex-wrap: wrap }
header.top .path { font-weight: 600 } header.top nav { display: flex; gap: 1.1rem } header.top nav a { color: var(--quiet) } header.top nav a[aria-current] { color: var(--ink) }
.tabs { display: flex; gap: 1.4rem; border-bottom: 1px solid var(--line); margin: 1.2rem 0 0 } .tabs a { padding: .45rem 0; color: var(--quiet) } .tabs a[aria-current] { color: var(--ink); box-shadow: 0 1px 0 var(--ink) } .tabs .count { color: var(--faint) }
h1 .number { color: var(--faint); font-weight: 400 }
.meta { color: var(--quiet); font-size: .92rem; margin: 0 0 1rem }
.state { font-weight: 600 } .state::before { content: ""; display: inline-block; width: .55em; height: .55em; border-radius: 50%; background: currentColor; margin-right: .45em }
.open, .success { color: var(--open) } .closed, .merged { color: var(--closed) } .failure, .bad { color: var(--bad) } .pending, .wait { color: var(--wait) } .neutral, .draft { color: var(--quiet) }
.label { display: inline-block; font-size: .78rem; line-height: 1.5; padding: 0 .5em; border-radius: 1em; border: 1px solid var(--line); white-space: nowrap }
.label::before { content: ""; display: inline-block; width: .6em; height: .6em; border-radius: 50%; background: var(--tint); margin-right: .4em }
.columns { display: grid; grid-template-columns: minmax(0, 1fr) 14rem; gap: 2.5rem; align-items: start } @media (max-width: 50rem) { .columns { grid-template-columns: minmax(0, 1fr) } }
aside section { border-bottom: 1px solid var(--line); padding: .8rem 0; font-size: .88rem } aside h3 { font-size: .8rem; color: var(--quiet); margin: 0 0 .35rem; font-weight: 600 }
article.note { border: 1px solid var(--line); border-radius: 8px; margin: 1rem 0; background: var(--page) } article.note > .by { display: flex; gap: .5em; align-items: baseline; padding: .45rem .9rem; border-bottom: 1px solid var(--line); background: var(--soft); border-radius: 8px 8px 0 0; font-size: .88rem; color: var(--quiet) } article.note > .by b { color: var(--ink); font-weight: 600 }
article.note > .text { padding: .75rem .95rem } article.note:target { border-color: var(--accent) }
.text > :first-child { margin-top: 0 } .text > :last-child { margin-bottom: 0 } .text p, .text ul, .text ol, .text table, .text pre, .text blockquote, .text details { margin: .65rem 0 } .text h1, .text h2, .text h3 { margin: 1.2rem 0 .5rem; font-size: 1.08rem } .text h1 { font-size: 1.25rem }
.text ul, .text ol { padding-left: 1.5rem } .text li > input { margin: 0 .45em 0 -1.35em } .text li:has(> input) { list-style: none } .text blockquote { border-left: 3px solid var(--line); padding-left: .9rem; color: var(--quiet); margin-left: 0 } .text img { max-width: 100% }
.text table, table.plain { border-collapse: collapse; display: block; overflow-x: auto; max-width: 100% } .text th, .text td, table.plain th, table.plain td { text-align: left; padding: .35rem .8rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top } .text th { font-weight: 600 }
.text code { background: var(--soft); padding: .1em .3em; border-radius: 4px } .text pre, pre.file { background: var(--soft); padding: .8rem .95rem; border-radius: 6px; overflow-x: auto; line-height: 1.45 } .text pre code { background: none; padding: 0; font-size: 1em } .text details { border: 1px solid var(--line); border-radius: 6px; padding: .4rem .8rem } summary { cursor: pointer } .text hr { border: 0; border-top: 1px solid var(--line) }
.event { color: var(--quiet); font-size: .88rem; margin: .55rem 0 .55rem .95rem } .event b { color: var(--ink); font-weight: 600 }
.reactions { padding: 0 .95rem .6rem; display: flex; gap: .8rem; font-size: .82rem; color: var(--quiet) } .reactions b { font-weight: 600 }
ul.list { list-style: none; padding: 0; margin: .6rem 0 } ul.list > li { padding: .6rem 0; border-bottom: 1px solid var(--line) } ul.list .title { font-weight: 600; color: var(--ink) } ul.list .title:hover { color: var(--link) }
.bar { height: 6px; border-radius: 3px; background: var(--line); overflow: hidden; margin: .4rem 0 .6rem } .bar i { display: block; height: 100%; background: var(--open) }
form { margin: 0 } form.act { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center } textarea { width: 100%; min-height: 6.5rem; padding: .6rem .7rem } input[type=text], select, textarea { border: 1px solid var(--line); border-radius: 6px; background: var(--page); color: inherit; font-size: .9rem } input[type=text], select { padding: .3rem .5rem; font: inherit; font-size: .9rem }
button { font: inherit; font-size: .9rem; padding: .32rem .8rem; border-radius: 6px; border: 1px solid var(--line); background: var(--soft); color: inherit; cursor: pointer } button:hover { border-color: var(--faint) } button.main { background: var(--accent); border-color: var(--accent); color: var(--page) } button:disabled { opacity: .5; cursor: default }
.box { border: 1px solid var(--line); border-radius: 8px; padding: .3rem .95rem; margin: 1.4rem 0 } .box > div { padding: .55rem 0; border-bottom: 1px solid var(--line) } .box > div:last-child { border-bottom: 0 }
.diff { border: 1px solid var(--line); border-radius: 8px; margin: 1.1rem 0; overflow: hidden } .diff > .name { padding: .45rem .9rem; background: var(--soft); border-bottom: 1px solid var(--line); display: flex; gap: .8rem; font-size: .88rem } .diff table { border-collapse: collapse; width: 100%; font: .8rem/1.5 ui-monospace, "Liberation Mono", "DejaVu Sans Mono", monospace }
.diff td { padding: 0 .6rem; vertical-align: top; white-space: pre-wrap; overflow-wrap: anywhere } .diff td.n { width: 1%; min-width: 3.2em; text-align: right; color: var(--faint); user-select: none; white-space: nowrap } .diff tr.add { background: var(--add) } .diff tr.del { background: var(--del) } .diff tr.add .sign { color: var(--add-ink) } .diff tr.del .sign { color: var(--del-ink) } .diff tr.hunk td { background: var(--soft); color: var(--quiet); padding: .2rem .6rem } .diff tr.said td { font: 1rem/1.55 system-ui, "Liberation Sans", sans-serif; white-space: normal; background: var(--page); padding: .2rem .9rem; border-top: 1px solid var(--line); border-bottom: 1px solid var(--line) }
.text .diff table { display: table; margin: 0 } .text .diff td { border-bottom: 0; padding: 0 .6rem } .text .diff tr.said > td { padding: .2rem .9rem }
table.plain.wide { display: table; width: 100% } table.plain.wide td:last-child { text-align: right; padding-right: 0 } .tabs + .meta { margin-top: .9rem }
.app { font-size: .72rem; color: var(--quiet); border: 1px solid var(--line); border-radius: 1em; padding: 0 .45em } aside details { margin-top: .5rem } aside form.act { margin-top: .5rem }
.plus { color: var(--open) } .minus { color: var(--bad) } .error { border: 1px solid var(--bad); color: var(--bad); border-radius: 8px; padding: .6rem .95rem; margin: 1rem 0 }
`
