//! What a live configuration holds and a report must not: passwords, tokens and their hashes.
//!
//! A report is posted on pull requests. What is hidden shows that it differs, not what it is.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

use crate::conf::{Arg, Directive};

/// What stands in the place of a secret.
pub const HIDDEN: &str = "<hidden>";

/// Directives whose first argument names what the others are the value of.
const NAMED: [&str; 10] = [
    "proxy_set_header",
    "grpc_set_header",
    "fastcgi_param",
    "uwsgi_param",
    "scgi_param",
    "add_header",
    "add_trailer",
    "set",
    "set_escape_uri",
    "proxy_cookie_flags",
];

/// Directives whose arguments hold a name and a value in one: `more_set_headers "Name: value"`.
const JOINED: [&str; 4] = ["more_set_headers", "more_set_input_headers", "opentelemetry_attribute", "env"];

/// Directives whose arguments are secrets, or the way to them.
const SECRET: [&str; 7] = [
    "auth_basic_user_file",
    "auth_digest_user_file",
    "auth_jwt_key_file",
    "auth_jwt_key_request",
    "secure_link_md5",
    "secure_link_secret",
    "ssl_password_file",
];

#[expect(clippy::unwrap_used, reason = "a fixed pattern that a test compiles")]
static SECRET_NAME: LazyLock<Regex> = LazyLock::new(|| {
    let words = "authorization|cookie|token|secret|passw|pwd|api[-_]?key|access[-_]?key|private[-_]?key|credential|session|jwt|bearer";
    Regex::new(&format!("(?i){words}")).unwrap()
});

/// Names with a value in code and conditions, password hashes, and URLs with a password: what stands before the secret stays.
const IN_TEXT: [&str; 5] = [
    r#"(?i)((?:authorization|token|secret|passw\w*|pwd|api[-_]?key|access[-_]?key|credential\w*|bearer)[\w-]*["'\])]*\s*(?:=~?|!~|==|!=|:|,)\s*\*?\s*)(?:"[^"]*"|'[^']*'|[^\s$"';)]+)"#,
    r"((?i:bearer|basic)\s+)[\w.~+/=-]{8,}",
    r"()\$(?:apr1|2[aby]|1|5|6)\$[\w./$]+",
    r"(\{SHA\}|\{SSHA\})[\w+/=]+",
    r"(://)[^\s/@:$]*:[^\s/@$]+@",
];

#[expect(clippy::unwrap_used, reason = "fixed patterns that a test compiles")]
static PATTERNS: LazyLock<Vec<Regex>> = LazyLock::new(|| IN_TEXT.into_iter().map(|pattern| Regex::new(pattern).unwrap()).collect());

/// The name and the arguments of a directive on one line, without secrets.
pub(super) fn head(directive: Directive<'_>) -> String {
    let name = directive.name();
    let words: Vec<Arg<'_>> = directive.words().collect();
    let first = words.get(1).map(|arg| arg.value()).unwrap_or_default();
    let kept = match &*name {
        name if SECRET.contains(&name) => 1,
        name if NAMED.contains(&name) && is_secret_name(&first) => 2,
        name if JOINED.contains(&name) => return joined(&words),
        _ => words.len(),
    };
    let shown =
        words.iter().enumerate().map(|(at, word)| if at < kept || is_variable(word) { Cow::Borrowed(word.raw()) } else { HIDDEN.into() });
    text(&shown.collect::<Vec<_>>().join(" ")).into_owned()
}

/// Code, a condition or any other text, without secrets.
pub(super) fn text(text: &str) -> Cow<'_, str> {
    PATTERNS.iter().fold(Cow::Borrowed(text), |text, pattern| match pattern.replace_all(&text, format!("${{1}}{HIDDEN}")) {
        Cow::Borrowed(_) => text,
        Cow::Owned(hidden) => Cow::Owned(hidden),
    })
}

fn joined(words: &[Arg<'_>]) -> String {
    let shown = words.iter().map(|word| match word.value().split_once([':', '=']) {
        Some((name, value)) if is_secret_name(name) && !value.trim().is_empty() => Cow::Owned(format!("\"{name}: {HIDDEN}\"")),
        _ => Cow::Borrowed(word.raw()),
    });
    text(&shown.collect::<Vec<_>>().join(" ")).into_owned()
}

fn is_secret_name(name: &str) -> bool {
    SECRET_NAME.is_match(name)
}

/// Whether the argument is one variable or nothing: what nginx fills in is no secret of the file.
fn is_variable(word: &Arg<'_>) -> bool {
    let value = word.value();
    value.is_empty() || value.strip_prefix('$').is_some_and(|name| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conf;
    use crate::source::FileId;

    fn shown(text: &str) -> String {
        let tree = conf::parse(FileId(0), text);
        tree.value.directives().map(head).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn secrets_are_hidden() {
        for (text, expected) in [
            ("proxy_set_header Authorization \"Basic dXNlcjpwYXNz\";", "proxy_set_header Authorization <hidden>"),
            ("proxy_set_header X-Api-Key abc;", "proxy_set_header X-Api-Key <hidden>"),
            ("set $upstream_token abc;", "set $upstream_token <hidden>"),
            ("more_set_headers \"Set-Cookie: a=b\";", "more_set_headers \"Set-Cookie: <hidden>\""),
            ("auth_basic_user_file /etc/x;", "auth_basic_user_file <hidden>"),
            ("return 301 https://user:pass@a.example/;", "return 301 https://<hidden>a.example/"),
            ("x '$apr1$salt$hashhash';", "x '<hidden>'"),
            ("x \"{SHA}abcdef=\";", "x \"{SHA}<hidden>\""),
            ("if ($http_x_token != \"abc\") {}", "if ($http_x_token != <hidden> )"),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
        assert_eq!(text("local password = 'x' ngx.say(1)"), "local password = <hidden> ngx.say(1)");
    }

    #[test]
    fn what_is_no_secret_is_shown() {
        for text in [
            "proxy_set_header Host $best_http_host",
            "proxy_set_header Authorization $http_authorization",
            "proxy_set_header Authorization \"\"",
            "proxy_cookie_path / /x",
            "auth_basic \"members only\"",
            "more_set_headers \"X-Frame-Options: DENY\"",
            "return 301 https://a.example:8443/x",
            "ssl_session_tickets off",
            "auth_request_set $auth_cookie $upstream_http_set_cookie",
        ] {
            assert_eq!(shown(&format!("{text};")), text);
        }
    }
}
