//! What clients can ask for: hosts and paths that stand in no request, or in no configuration. Whoever reads the manifests refuses most
//! of them before; here nothing is taken for granted.

use crate::ir::{CATCH_ALL, Proxy, Server};

/// What becomes of a host or path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Asked {
    /// It is served.
    Served,
    /// It is no such name, but what stands here may be meant by it, and is closed.
    Closed(String),
    /// No client can ask for it.
    Never,
}

/// What becomes of a host.
pub(super) fn host(server: &Server, proxy: &Proxy) -> Asked {
    let name = server.hostname.as_str();
    if name == CATCH_ALL || is_host(name) {
        return Asked::Served;
    }
    let folded = name.to_ascii_lowercase();
    let is_taken = || proxy.server(&folded).is_some();
    if is_host(&folded) && !is_taken() { Asked::Closed(folded) } else { Asked::Never }
}

/// Whether a text is the name of a host, in small letters, perhaps with a star for its first label.
pub(super) fn is_host(name: &str) -> bool {
    const LONGEST: usize = 253;
    let labels = name.strip_prefix("*.").unwrap_or(name);
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_.".contains(&byte);
    name.len() <= LONGEST && !labels.is_empty() && labels != CATCH_ALL && !labels.starts_with('.') && labels.bytes().all(fits)
}

/// What becomes of a path, which may be a regular expression. What is closed is a beginning.
pub(super) fn path(path: &str, is_pattern: bool) -> Asked {
    const LONGEST: usize = 3900;
    if !path.starts_with('/') || !is_pattern && path.contains('\0') {
        return Asked::Never;
    }
    if path.len() <= LONGEST && !path.contains(char::is_control) {
        return Asked::Served;
    }
    let end = if is_pattern { literal_end(path) } else { path.len() };
    let end = (0..=end.min(LONGEST)).rev().find(|end| path.is_char_boundary(*end));
    Asked::Closed(path[..end.unwrap_or_default()].to_owned())
}

/// Where the beginning of a regular expression ends that all that it fits begins with.
fn literal_end(pattern: &str) -> usize {
    const START: usize = 1;
    let is_special = |c: char| r"\.+*?()|[]{}^$".contains(c) || c.is_control();
    let end = pattern.find(is_special).unwrap_or(pattern.len());
    // The last character may be meant to be missing; where there is a choice, nothing is certain.
    let is_certain = !pattern.contains('|') && !pattern[end..].starts_with(['?', '*', '{']);
    if is_certain { end } else { START.min(pattern.len()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_names() {
        for host in ["a", "a.example", "*.a.example", "a_b.example", "_x.example", &"a".repeat(253)] {
            assert!(is_host(host), "{host}");
        }
        for host in ["", "_", "*", "*.", ".a", "A.example", "a b", "a/b", "a\nb", "~^a$", "a*", "a\"b", "#a", "ä", &"a".repeat(254)] {
            assert!(!is_host(host), "{host}");
        }
    }

    #[test]
    fn hosts_in_capitals_are_closed_where_nobody_has_the_name() {
        let server = |hostname: &str| Server { hostname: hostname.to_owned(), ..Server::default() };
        let proxy = Proxy { servers: vec![server("A.example"), server("B.example"), server("b.example")], ..Proxy::default() };
        let host = |at: usize| host(&proxy.servers[at], &proxy);
        assert_eq!([host(0), host(1), host(2)], [Asked::Closed(String::from("a.example")), Asked::Never, Asked::Served]);
    }

    #[test]
    fn paths_are_closed_where_they_may_be_meant() {
        let long = format!("/x/{}", "é".repeat(4000));
        for text in ["", "a", ".*", "~.*", "@x", "=/x"] {
            assert_eq!(path(text, false), Asked::Never, "{text}");
            assert_eq!(path(text, true), Asked::Never, "{text}");
        }
        assert_eq!(path("/a b", false), Asked::Served);
        assert_eq!(path("/a\0b", false), Asked::Never);
        assert_eq!(path("/a\nb", false), Asked::Closed(String::from("/a\nb")));
        assert_eq!(path("/a\nb", true), Asked::Closed(String::from("/a")));
        assert!(matches!(path(&long, false), Asked::Closed(path) if long.starts_with(&path) && path.len() > 3000));
        for (head, expected) in [("/a(b)", "/a"), ("/ab?", "/"), ("/a|/b", "/"), ("/(a)", "/")] {
            assert_eq!(path(&format!("{head}\n{long}"), true), Asked::Closed(expected.to_owned()), "{head}");
        }
    }
}
