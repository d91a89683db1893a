//! Change of the path on its way to the backend.

use super::super::scope::Scope;
use super::answers::{answer, redirect};
use super::effort;
use super::guards::refuse_untold;
use super::headers;
use super::lines::{Lines, Rule};
use super::variables;
use super::words::{Format, argument};
use crate::ir::{Rewrite, Route};

/// Writes the change.
pub(super) fn write(rewrite: &Rewrite, route: &Route, scope: &mut Scope, lines: &mut Lines) {
    let features = &route.features;
    // Only the first word is the new path: nginx reads the next one as a flag.
    let target = rewrite.target.split_whitespace().next().unwrap_or_default();
    let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
    let (path, query_text) = match (replacement(path), query.map(|query| filled(query, &route.path, ARGUMENTS)).transpose()) {
        (Ok(path), Ok(query)) => (path, query),
        (Err(name), _) | (_, Err(name)) => return scope.close("rewrite-target", &format!("HAProxy does not know `${name}`")),
    };
    // Where PCRE gives up, the path would stay as it is.
    let all = || std::iter::once(route.path.as_str());
    refuse_untold(500, "var(txn.path)", "", all(), lines);
    let pattern = effort::limited(&format!("(?i){}", route.path));
    let matches = |rule: Rule| rule.code("if { var(txn.path) -m reg").value(&pattern).code("}");
    if let Some(query) = query_text.filter(|query| !query.is_empty()) {
        capture(ARGUMENTS, lines);
        lines.rule(matches(Rule::new("http-request set-var-fmt(txn.arguments)").format(&query)));
        lines.code("http-request set-query %[var(txn.arguments)]&%[query] if { query -m len gt 0 } { var(txn.arguments) -m found }");
        lines.code("http-request set-query %[var(txn.arguments)] if !{ query -m len gt 0 } { var(txn.arguments) -m found }");
    } else if query.is_some() {
        // Quirk of nginx: a question mark at the end drops the query.
        lines.rule(matches(Rule::new("http-request set-pathq %[path]")));
    }
    lines.code("http-request set-var(txn.encoded) var(txn.path)");
    // What a URI cannot hold as it is; what the encoding takes too much is brought back.
    let kept = ["2F/", "3A:", "40@", "21!", "24$", "26&", "27'", "28(", "29)", "2A*", "2B+", "2C,", "3B;", "3D=", "7E~"];
    let back = brought_back(kept.into_iter());
    let special = Rule::new("http-request set-var(txn.encoded)").value(&format!("var(txn.path),url_enc{back}"));
    lines.rule(special.code("if { var(txn.path) -m reg").value(r#"[^!$&-;=@-\[\]_a-z~]"#).code("}"));
    lines.rule(matches(Rule::new("http-request set-path %[var(txn.encoded)]")));
    refuse_untold(500, "path", "", all(), lines);
    if path.is_empty() {
        // nginx has no word for a path without anything either.
        lines.rule(matches(answer(500)));
    } else {
        lines.rule(Rule::new("http-request replace-path").value(&pattern).value(&path));
    }
    if !features.forwarded_prefix.is_empty() {
        headers::set_or_lose("X-Forwarded-Prefix", &features.forwarded_prefix, "x-forwarded-prefix", scope, lines);
    }
}

/// Redirects to another site, because the new path is a URL.
pub(super) fn elsewhere(rewrite: &Rewrite, route: &Route, scope: &mut Scope, lines: &mut Lines) {
    let target = rewrite.target.split_whitespace().next().unwrap_or_default();
    let (target, drops_query) = target.strip_suffix('?').map_or((target, false), |target| (target, true));
    let mut location = match filled(target, &route.path, PATH) {
        Ok(location) => location,
        Err(name) => return scope.close("rewrite-target", &format!("HAProxy does not know `${name}`")),
    };
    if !drops_query {
        location.push_sample(&format!("query,regsub(^,{})", argument(if target.contains('?') { "&" } else { "?" })));
    }
    refuse_untold(500, "var(txn.path)", "", std::iter::once(route.path.as_str()), lines);
    capture(PATH, lines);
    if target.contains('?') {
        capture(ARGUMENTS, lines);
    }
    let pattern = effort::limited(&format!("(?i){}", route.path));
    lines.rule(redirect(302, &location).code("if { var(txn.path) -m reg").value(&pattern).code("}"));
}

/// What a pattern captures, where it stands: a variable, and the characters in it that stay as they are.
type Place = (&'static str, &'static [&'static str]);

/// In a path.
const PATH: Place = (
    "txn.captured",
    &[
        "21!", "24$", "26&", "27'", "28(", "29)", "2A*", "2B+", "2C,", "2F/", "3A:", "3B;", "3C<", "3D=", "3E>", "3F?", "40@", "5B[",
        "5C\\\\", "5D]", "5E^", "60`", "7B{", "7C|", "7D}", "7E~",
    ],
);

/// In a query.
const ARGUMENTS: Place = ("txn.captured_arguments", &["2F/", "3A:", "40@", "21!", "24$", "27'", "28(", "29)", "2A*", "2C,", "3D=", "7E~"]);

/// Writes the path that patterns capture parts of. Quirk of nginx: it is encoded where the path was, or has a plus sign.
fn capture((variable, kept): Place, lines: &mut Lines) {
    lines.code(&format!("http-request set-var({variable}) var(txn.path)"));
    let encoded = format!("var(txn.path),url_enc{}", brought_back(kept.iter().copied()));
    lines.rule(Rule::new(&format!("http-request set-var({variable})")).value(&encoded).code("if { path -m sub % + }"));
}

/// A text with captures of a pattern and variables in it; the name of the first variable that HAProxy does not know is the error.
fn filled(text: &str, pattern: &str, mut place: Place) -> Result<Format, String> {
    let mut format = Format::default();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        let (before, behind) = (&rest[..at], &rest[at + 1..]);
        format.push_text(before);
        place = if before.contains('?') { ARGUMENTS } else { place };
        if let Some(digit) = behind.chars().next().filter(char::is_ascii_digit) {
            // The whole path is matched so that nothing but the capture is left.
            let whole = argument(&format!("(?i)^[\\s\\S]*?(?:{pattern})[\\s\\S]*$"));
            format.push_sample(&format!("var({}),regsub({whole},{})", place.0, argument(&format!("\\{digit}"))));
            rest = &behind[1..];
            continue;
        }
        let (name, after) = variables::name(behind);
        match name {
            "" => format.push_text("$"),
            name => format.push_sample(&variables::sample(name).ok_or_else(|| name.to_owned())?),
        }
        rest = after;
    }
    format.push_text(rest);
    Ok(format)
}

/// Converters that bring characters back which were encoded, each told as its code and itself.
fn brought_back<'c>(characters: impl Iterator<Item = &'c str>) -> String {
    characters.map(|text| text.split_at(2)).map(|(code, character)| format!(",regsub(\"%{code}\",\"{character}\",g)")).collect()
}

/// The replacement of a regular expression: `$1` becomes `\1`.
fn replacement(target: &str) -> Result<String, String> {
    let mut text = String::new();
    let mut rest = target;
    while let Some(at) = rest.find(['$', '\\']) {
        text.push_str(&rest[..at].replace('%', "%%"));
        let is_dollar = rest.as_bytes()[at] == b'$';
        rest = &rest[at + 1..];
        match rest.bytes().next() {
            Some(digit) if is_dollar && digit.is_ascii_digit() => {
                text.push('\\');
                text.push(char::from(digit));
                rest = &rest[1..];
            }
            _ if is_dollar => {
                let (name, after) = variables::name(rest);
                if name.is_empty() {
                    text.push('$');
                } else {
                    let sample = variables::sample(name).ok_or_else(|| name.to_owned())?;
                    text.push_str(Format::sample(&sample).as_str());
                }
                rest = after;
            }
            _ => text.push_str("\\\\"),
        }
    }
    text.push_str(&rest.replace('%', "%%"));
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn captures_and_variables_are_replaced() {
        for (target, expected) in [
            ("/$2", Ok(r"/\2")),
            ("/a%b", Ok("/a%%b")),
            ("/$host/$1x", Ok(r"/%[var(txn.host)]/\1x")),
            (r"/a\b", Ok(r"/a\\b")),
            ("/${host}x", Ok("/%[var(txn.host)]x")),
            ("/$", Ok("/$")),
            ("/$nothing_known", Err("nothing_known")),
        ] {
            assert_eq!(replacement(target).as_deref().map_err(String::as_str), expected, "{target}");
        }
    }
}
