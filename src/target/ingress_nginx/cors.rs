//! Cross-origin requests.

use super::super::view::{Raw, view};
use super::printer::Printer;
use crate::ir::Cors;

view! {
    /// Cross-origin requests.
    struct CorsView {
        any_origin: bool,
        /// Regular expression of the origins; none: no origin was valid.
        origins: Option<Raw>,
        credentials: bool,
        methods: Raw,
        headers: Raw,
        expose_headers: Option<Raw>,
        max_age: i64,
    }
}

/// The directives that answer cross-origin requests.
pub(super) fn piece(cors: &Cors, printer: &mut Printer) -> Raw {
    let any_origin = matches!(cors.origins.as_slice(), [origin] if origin == "*");
    let origins = (!any_origin && !cors.origins.is_empty()).then(|| printer.tail("cors-allow-origin", &pattern(&cors.origins)));
    let expose_headers = (!cors.expose_headers.is_empty()).then(|| printer.in_single_quotes("cors-expose-headers", &cors.expose_headers));
    let view = CorsView {
        any_origin,
        origins,
        credentials: cors.credentials,
        methods: printer.in_single_quotes("cors-allow-methods", &cors.methods),
        headers: printer.in_single_quotes("cors-allow-headers", &cors.headers),
        expose_headers,
        max_age: cors.max_age,
    };
    printer.piece("ingress_nginx/cors.conf", view)
}

/// Quirk: a separator follows each origin but the last, even where that one is empty.
fn pattern(origins: &[String]) -> String {
    let mut pattern = String::new();
    for (at, origin) in origins.iter().enumerate() {
        let origin = origin.trim();
        if origin.is_empty() {
            continue;
        }
        // A star stands for one part of a host name.
        let literal = regex_literal(origin).replacen("\\*", "[A-Za-z0-9\\-]+", 1);
        pattern.push('(');
        pattern.push_str(&literal);
        pattern.push(')');
        if at + 1 < origins.len() {
            pattern.push('|');
        }
    }
    pattern
}

/// The text with the characters escaped that Go escapes.
fn regex_literal(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if r"\.+*?()|[]{}^$".contains(character) {
            literal.push('\\');
        }
        literal.push(character);
    }
    literal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_become_one_pattern() {
        let pattern = |origins: &[&str]| pattern(&origins.iter().map(|origin| (*origin).to_owned()).collect::<Vec<_>>());
        assert_eq!(pattern(&["https://a.com"]), r"(https://a\.com)");
        assert_eq!(pattern(&["https://*.a.com", "http://b"]), r"(https://[A-Za-z0-9\-]+\.a\.com)|(http://b)");
        assert_eq!(pattern(&["a", ""]), "(a)|");
    }
}
