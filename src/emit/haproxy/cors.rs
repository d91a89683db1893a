//! Cross-origin requests.

use super::super::dialect::origins_pattern;
use super::lines::{Lines, Rule};
use super::words::Format;
use crate::ir::Cors;

/// Answers preflights, and sets the headers of all other answers.
pub(super) fn write(cors: &Cors, lines: &mut Lines) {
    let takes_any = cors.takes_any();
    let mut unless = String::new();
    if !takes_any {
        let pattern = origins_pattern(&cors.origins);
        if pattern.is_empty() {
            return;
        }
        lines.code("http-request set-var(txn.origin) req.fhdr(origin)");
        let may = Rule::new("http-request set-var(txn.may_ask) bool(true) if { var(txn.origin) -m reg -i --");
        lines.rule(may.value(&format!("({pattern})$")).code("}"));
        unless = String::from("{ var(txn.may_ask) -m bool }");
    }
    let preflight = format!("if METH_OPTIONS {unless}");
    lines.code(&format!("http-request return status 204 {}", preflight.trim_end()));
    let condition = if unless.is_empty() { String::new() } else { format!("if {unless}") };
    let origin = if takes_any { Format::text("*") } else { Format::sample("var(txn.origin)") };
    let mut set = |name: &str, value: &Format| {
        if !value.is_empty() {
            lines.rule(Rule::new("http-after-response set-header").code(name).format(value).code(&condition));
        }
    };
    set("Access-Control-Allow-Origin", &origin);
    if cors.credentials {
        set("Access-Control-Allow-Credentials", &Format::text("true"));
    }
    set("Access-Control-Allow-Methods", &Format::text(&cors.methods));
    set("Access-Control-Allow-Headers", &Format::text(&cors.headers));
    set("Access-Control-Expose-Headers", &Format::text(&cors.expose_headers));
    set("Access-Control-Max-Age", &Format::text(&cors.max_age.to_string()));
}
