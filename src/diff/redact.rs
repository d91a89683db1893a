//! What a live configuration holds and a report must not: what is secret by the directive that it stands in, and by its form.
//!
//! A report is posted on pull requests. What is hidden shows that it differs, not what it is.

use std::borrow::Cow;

use super::report::Side;
use crate::conf::{Arg, Directive};
use crate::credentials::{self, HIDDEN};

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

/// Blocks whose lines are no directives: what is looked up, and what comes of it.
const TABLES: [&str; 3] = ["geo", "map", "split_clients"];

/// Lines of such blocks that look nothing up.
const OF_TABLES: [&str; 5] = ["default", "hostnames", "include", "volatile", "ranges"];

/// A key of so few bytes in a table is no secret that anybody could keep.
const SHORT_KEY: usize = 3;

/// The name and the arguments of a directive on one line, without secrets.
pub(super) fn head(directive: Directive<'_>, around: Option<Directive<'_>>) -> String {
    credentials::hide(&words(directive, around).join(" ")).into_owned()
}

/// What names a directive among its sisters, without secrets.
pub(super) fn name(directive: Directive<'_>, around: Option<Directive<'_>>) -> String {
    let count = if directive.args().len() > 1 { 2 } else { 1 };
    let hidden = words(directive, around);
    let plain = directive.words().take(count).map(Arg::value);
    let shown: Vec<_> = plain.zip(hidden).map(|(plain, hidden)| if hidden == HIDDEN { hidden } else { plain }).collect();
    credentials::hide(&shown.join(" ")).into_owned()
}

/// The words of a directive, with those hidden that are secret by the place where they stand.
fn words<'a>(directive: Directive<'a>, around: Option<Directive<'_>>) -> Vec<Cow<'a, str>> {
    let words: Vec<Arg<'_>> = directive.words().collect();
    let first = words.get(1).map(|arg| arg.value()).unwrap_or_default();
    let kept = match &*directive.name() {
        name if SECRET.contains(&name) => 1,
        name if NAMED.contains(&name) && credentials::is_name(&first) => 2,
        _ => words.len(),
    };
    let (hides_key, hides_value) = around.map(secret_columns).unwrap_or_default();
    let is_key = hides_key && directive.name().len() > SHORT_KEY && !OF_TABLES.contains(&&*directive.name());
    let is_hidden = |at: usize, word: &Arg<'_>| match at {
        0 => is_key,
        1 if hides_value => !is_variable(word),
        at => at >= kept && !is_variable(word),
    };
    words.iter().enumerate().map(|(at, word)| if is_hidden(at, word) { HIDDEN.into() } else { Cow::Borrowed(word.raw()) }).collect()
}

/// Whether the keys, and whether the values of a table are secrets: it looks up a token, or sets one.
fn secret_columns(block: Directive<'_>) -> (bool, bool) {
    let name = block.name();
    if !TABLES.contains(&&*name) {
        return (false, false);
    }
    let args: Vec<_> = block.args().map(Arg::value).collect();
    let is_secret = |arg: &Cow<'_, str>| credentials::has_name(arg);
    (args.len() > 1 && args.first().is_some_and(is_secret) && name == "map", args.last().is_some_and(is_secret))
}

/// Marks what was hidden on both sides and is not the same, where both sides look the same.
pub(super) fn tell_apart((before, raw_before): (&mut Option<Side>, &str), (after, raw_after): (&mut Option<Side>, &str)) {
    let (Some(before), Some(after)) = (before, after) else { return };
    if before.text != after.text || raw_before == raw_after || !after.text.contains(HIDDEN) {
        return;
    }
    let pairs = hidden_parts(raw_before, &before.text).zip(hidden_parts(raw_after, &after.text));
    let mut is_another =
        pairs.map(|(before, after)| before.into_iter().zip(after).map(|(before, after)| before != after)).into_iter().flatten();
    let mut parts = after.text.split(HIDDEN);
    let mut text = String::from(parts.next().unwrap_or_default());
    for part in parts {
        text.push_str(HIDDEN);
        text.push_str(if is_another.next().unwrap_or(true) { " (another)" } else { "" });
        text.push_str(part);
    }
    after.text = text;
}

/// What was hidden, by what stands between; none where a text is not that which is shown.
fn hidden_parts<'t>(raw: &'t str, shown: &str) -> Option<Vec<&'t str>> {
    let mut literals = shown.split(HIDDEN);
    let mut rest = raw.strip_prefix(literals.next()?)?;
    let mut literals = literals.peekable();
    let mut parts = Vec::new();
    while let Some(literal) = literals.next() {
        let at = if literals.peek().is_none() { rest.len().checked_sub(literal.len())? } else { rest.find(literal)? };
        let (part, behind) = rest.split_at_checked(at)?;
        rest = behind.strip_prefix(literal)?;
        parts.push(part);
    }
    Some(parts)
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
        tree.value.directives().map(|directive| head(directive, None)).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn secrets_are_hidden() {
        for (text, expected) in [
            ("proxy_set_header Authorization \"Basic dXNlcjpwYXNz\";", "proxy_set_header Authorization <hidden>"),
            ("proxy_set_header X-Api-Key abc;", "proxy_set_header X-Api-Key <hidden>"),
            ("set $upstream_token abc;", "set $upstream_token <hidden>"),
            ("more_set_headers \"Set-Cookie: a=b\";", "more_set_headers \"Set-Cookie: <hidden>\""),
            ("auth_basic_user_file /etc/x;", "auth_basic_user_file <hidden>"),
            ("return 301 https://user:pass@a.example/;", "return 301 https://<hidden>@a.example/"),
            ("x '$apr1$salt$hashhash';", "x '<hidden>'"),
            ("x \"{SHA}abcdef=\";", "x \"{SHA}<hidden>\""),
            ("if ($http_x_token != \"abc\") {}", "if ($http_x_token != \"<hidden>\" )"),
            (
                "more_set_input_headers \"Authorization:Basic x\" \"Cookie: y\";",
                "more_set_input_headers \"Authorization:<hidden>\" \"Cookie: <hidden>\"",
            ),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn tables_of_tokens_are_hidden() {
        for (text, expected) in [
            ("map $http_x_api_key $ok { \"CANARY\" 1; default 0; ~^CA 2; \"k;l\" 3; }", "<hidden> 1; default 0; <hidden> 2; \"k;l\" 3"),
            ("map $host $token { a.example C; default \"\"; }", "a.example <hidden>; default \"\""),
            ("geo $token { default C; 10.0.0.0/8 $other; }", "default <hidden>; 10.0.0.0/8 $other"),
            ("split_clients $remote_addr $api_token { 50% C; * D; }", "50% <hidden>; * <hidden>"),
            ("map $host $backend { a.example b; }", "a.example b"),
        ] {
            let tree = conf::parse(FileId(0), text);
            let lines = tree.value.directives().flat_map(|block| block.directives().map(move |line| head(line, Some(block))));
            assert_eq!(lines.collect::<Vec<_>>().join("; "), expected, "{text}");
        }
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

    #[test]
    fn hidden_values_that_differ_are_told_apart() {
        let side = |text: &str| Some(Side { text: text.into(), span: None, inside: None });
        for (text, before, after, expected) in [
            ("a <hidden>;", "a x;", "a y;", "a <hidden> (another);"),
            ("a <hidden>;", "a x;", "a x;", "a <hidden>;"),
            ("a <hidden> <hidden>;", "a x y;", "a x z;", "a <hidden> <hidden> (another);"),
            ("a <hidden>;", "b x;", "b y;", "a <hidden> (another);"),
        ] {
            let (mut one, mut other) = (side(text), side(text));
            tell_apart((&mut one, before), (&mut other, after));
            assert_eq!(other, side(expected));
        }
    }
}
