//! What is changed in answers of backends: domains and paths of cookies, and where redirects lead.

use super::super::dialect::regex_literal as literal;
use super::super::scope::Scope;
use super::lines::{Lines, Rule};
use super::redirects;
use super::shared::Shared;
use super::variables;
use super::words::Format;
use crate::ir::{Redirects, Route};

/// Writes what is changed.
pub(super) fn write(route: &Route, shared: &Shared, scope: &mut Scope, lines: &mut Lines) {
    let proxying = &route.features.proxying;
    for (attribute, subject, change) in
        [("Domain", "proxy-cookie-domain", &proxying.cookie_domain), ("Path", "proxy-cookie-path", &proxying.cookie_path)]
    {
        let Some((from, to)) = change.trim().split_once(char::is_whitespace).map(|(from, to)| (from, to.trim())) else { continue };
        if from.starts_with('~') || to.contains('$') {
            scope.lost(subject, "regular expressions and variables are not translated: cookies stay as they are");
            continue;
        }
        let (from, end) = if attribute == "Domain" {
            (format!("\\.?{}", literal(from.trim_start_matches('.'))), "\\s*(;.*)?$")
        } else {
            (literal(from), "([^;]*.*)$")
        };
        let pattern = format!("^(.*;\\s*{attribute}=){from}{end}");
        let value = format!("\\1{}\\2", to.replace('%', "%%").replace('\\', "\\\\"));
        lines.rule(Rule::new("http-response replace-header Set-Cookie").value(&format!("(?i){pattern}")).value(&value));
    }
    redirect(route, shared, scope, lines);
}

/// Writes how redirects of the backend are changed.
fn redirect(route: &Route, shared: &Shared, scope: &mut Scope, lines: &mut Lines) {
    let (from, to) = match route.features.proxying.redirects() {
        // What is empty is in every header: nginx takes it for none.
        Redirects::Kept | Redirects::Usual | Redirects::Unsaid | Redirects::Changed { from: "", .. } => return,
        Redirects::Changed { from, to } => (from, to),
    };
    let expression = from.strip_prefix('~').map(|from| from.strip_prefix('*').map_or((from, ""), |from| (from, "(?i)")));
    let pattern = match expression {
        Some((pattern, flag)) => format!("{flag}{pattern}"),
        None => format!("^{}(.*)$", literal(from)),
    };
    let value = match target(to, expression.is_some()) {
        Ok(value) => value,
        Err(name) => return scope.lost("proxy-redirect-to", &format!("HAProxy does not know `${name}`: the header stays as it is")),
    };
    // nginx makes a path absolute that it wrote there itself, and none that the backend sent.
    let origin = redirects::origin(route, shared).filter(|_| to.starts_with(['/', '$']));
    if origin.is_some() {
        let condition = Rule::new("http-response set-var(txn.is_rewritten) bool(true) if { res.fhdr(location) -m reg --");
        lines.rule(condition.value(&pattern).code("}"));
    }
    lines.rule(Rule::new("http-response replace-header Location").value(&pattern).value(value.as_str()));
    if let Some(mut absolute) = origin {
        absolute.push_text("\\1");
        let rule = Rule::new("http-response replace-header Location").value("^(/.*)$").value(absolute.as_str());
        lines.rule(rule.code("if { var(txn.is_rewritten) -m bool }"));
    }
}

/// What takes the place of what was found, with the captures of an expression, else with what follows a beginning. The name of a variable
/// that HAProxy does not know is the error.
fn target(to: &str, has_captures: bool) -> Result<Format, String> {
    let mut value = to.replace('\\', "\\\\");
    if has_captures {
        for digit in '0'..='9' {
            value = value.replace(&format!("${digit}"), &format!("\\{digit}"));
        }
    }
    let mut value = variables::format(&value)?;
    if !has_captures {
        value.push_text("\\1");
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn captures_and_variables_are_told_apart() {
        for (to, has_captures, expected) in [
            ("/outside/", false, Ok("/outside/\\1")),
            ("https://$host/$2/$1", true, Ok("https://%[var(txn.host)]/\\2/\\1")),
            ("a\\1", true, Ok("a\\\\1")),
            ("$1", false, Err("1")),
            ("$rest", true, Err("rest")),
        ] {
            let value = target(to, has_captures);
            assert_eq!(value.as_ref().map(Format::as_str).map_err(String::as_str), expected, "{to}");
        }
    }
}
