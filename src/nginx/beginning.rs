//! What the texts have in common that a regular expression fits.

use regex_syntax::hir::{Hir, HirKind, Look};

use super::pcre::{parsed, translate};

/// The bytes that each text begins with that an expression fits; fewer where that is not plain, and none where it fits anywhere.
#[must_use]
pub fn beginning(text: &str) -> Vec<u8> {
    let Some(parsed) = translate(text, r"\z").ok().and_then(|text| parsed(&text, false)) else { return Vec::new() };
    match parsed.kind() {
        HirKind::Concat(parts) => of_parts(parts).unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// The literal behind the anchor.
fn of_parts(parts: &[Hir]) -> Option<Vec<u8>> {
    let (anchor, rest) = parts.split_first()?;
    match (anchor.kind(), rest.first()?.kind()) {
        (HirKind::Look(Look::Start), HirKind::Literal(literal)) => Some(literal.0.to_vec()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginnings_are_what_every_text_has() {
        for (text, expected) in [
            ("^/docs", "/docs"),
            ("^/docs/?", "/docs"),
            ("^/docs{2}", "/doc"),
            ("^/docs+", "/doc"),
            ("^/v1.2", "/v1"),
            ("^/a|/b", ""),
            ("^/a(/|$)(.*)", "/a"),
            (r"^/a\.b$", "/a.b"),
            ("/a", ""),
            ("^(?=/a)/b", ""),
            ("^", ""),
        ] {
            assert_eq!(String::from_utf8_lossy(&beginning(text)), expected, "{text}");
        }
    }
}
