//! What pages share: one file that needs nothing else, and in which nothing runs that we did not write.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};

/// The start of a page, up to its body. `script` is what may run in it, and nothing else.
pub(super) fn head(title: &str, style: &str, script: &str) -> String {
    let hash = STANDARD.encode(digest(&SHA256, script.as_bytes()));
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{hash}'\">\n\
         <title>{}</title>\n<style>\n{BASE}{CONTROLS}{style}</style>\n</head>\n<body>\n",
        escape(title)
    )
}

/// Colours of both schemes, and the type.
const BASE: &str = "\
:root { color-scheme: light dark; --line: #8884; --red: #cf222e; --green: #1a7f37; --amber: #9a6700; --soft: #8881; }
@media (prefers-color-scheme: dark) { :root { --red: #ff7b72; --green: #56d364; --amber: #d29922; } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 75rem; margin: 2rem auto; padding: 0 1rem; }
";

/// What can be typed and chosen.
const CONTROLS: &str = include_str!("controls.css");

/// Text that a browser takes for nothing but text.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(character),
        }
    }
    out
}
