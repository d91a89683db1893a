//! What a rewrite by groups leaves out.

use regex::bytes::{Captures, Regex, RegexBuilder};
use regex_syntax::hir::{Hir, HirKind};

use super::inclusion::Language;
use super::matching::pattern;

/// Ends of requests that are told apart.
const ENDS: [&str; 2] = ["/orders/7", "/users/9"];

/// A request of which the rest is gone.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Lost {
    /// The request.
    pub(super) request: String,
    /// What reaches the backend.
    pub(super) becomes: String,
    /// A group that holds the rest, and that the target does not name.
    pub(super) rest: Option<usize>,
}

impl Lost {
    /// What a target with groups loses of requests below a path; none where a group carries it over, or may be meant to hold what it
    /// does: an expression without an end holds more than words that the path says.
    pub(super) fn of(path: &str, target: &str) -> Option<Self> {
        let groups = groups(target)?;
        let tree =
            regex_syntax::ParserBuilder::new().case_insensitive(true).unicode(false).utf8(false).build().parse(&pattern(path)).ok()?;
        let mut all = Vec::new();
        captures(&tree, &mut all);
        let is_short =
            |group: &usize| all.iter().find(|(at, _)| at == group).is_some_and(|(_, inner)| inner.properties().maximum_len().is_some());
        if groups.is_empty() || !groups.iter().all(is_short) {
            return None;
        }
        let matcher = RegexBuilder::new(&pattern(path)).case_insensitive(true).unicode(false).build().ok()?;
        let start = Language::of(&pattern(path))?.example()?;
        let start = start.trim_end_matches('/');
        let requests = ENDS.map(|end| format!("{start}{end}"));
        let [one, other] = [matcher.captures(requests[0].as_bytes())?, matcher.captures(requests[1].as_bytes())?];
        let becomes = filled(target, &one);
        if becomes != filled(target, &other) || !becomes.starts_with('/') {
            return None;
        }
        let rest = (1..matcher.captures_len()).find(|group| text(&one, *group) != text(&other, *group));
        let [request, _] = requests;
        Some(Self { request, becomes, rest: rest.filter(|_| is_plain(&matcher)) })
    }
}

/// A request that a target leaves without a slash at the start, and what becomes of it; none where the target is a URL, or names what is
/// not known.
pub(super) fn without_slash(path: &str, target: &str) -> Option<(String, String)> {
    if target.is_empty() || target.starts_with('/') || target.contains(':') {
        return None;
    }
    groups(target)?;
    let matcher = RegexBuilder::new(&pattern(path)).case_insensitive(true).unicode(false).build().ok()?;
    let bare = Language::of(&pattern(path))?.example()?;
    let longer = format!("{}{}", bare.trim_end_matches('/'), ENDS[0]);
    [bare, longer].into_iter().find_map(|request| {
        let becomes = filled(target, &matcher.captures(request.as_bytes())?);
        (!becomes.starts_with('/')).then_some((request, becomes))
    })
}

/// A longer request that a target leaves with two slashes at the start, and what becomes of it.
pub(super) fn doubled_slash(path: &str, target: &str) -> Option<(String, String)> {
    if !target.starts_with('/') || target.starts_with("//") {
        return None;
    }
    groups(target)?;
    let matcher = RegexBuilder::new(&pattern(path)).case_insensitive(true).unicode(false).build().ok()?;
    let request = format!("{}{}", Language::of(&pattern(path))?.example()?.trim_end_matches('/'), ENDS[0]);
    let becomes = filled(target, &matcher.captures(request.as_bytes())?);
    // Where nothing else is left, groups are missing.
    let is_doubled = becomes.starts_with("//") && becomes.bytes().any(|byte| byte != b'/');
    is_doubled.then_some((request, becomes))
}

/// A target names groups by one digit.
fn is_plain(matcher: &Regex) -> bool {
    matcher.captures_len() <= 10
}

/// The groups that a target names; none where it names something else as well.
fn groups(target: &str) -> Option<Vec<usize>> {
    target.split('$').skip(1).map(|rest| Some(rest.chars().next()?.to_digit(10)? as usize)).collect()
}

fn filled(target: &str, found: &Captures) -> String {
    let mut parts = target.split('$');
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let group = part.chars().next().and_then(|digit| digit.to_digit(10)).unwrap_or_default() as usize;
        filled.push_str(&text(found, group));
        filled.push_str(part.get(1..).unwrap_or_default());
    }
    filled
}

fn text(found: &Captures, group: usize) -> String {
    found.get(group).map(|part| String::from_utf8_lossy(part.as_bytes()).into_owned()).unwrap_or_default()
}

/// The groups of an expression and what is in them.
fn captures<'h>(tree: &'h Hir, found: &mut Vec<(usize, &'h Hir)>) {
    match tree.kind() {
        HirKind::Capture(capture) => {
            found.push((capture.index as usize, &capture.sub));
            captures(&capture.sub, found);
        }
        HirKind::Repetition(repetition) => captures(&repetition.sub, found),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().for_each(|part| captures(part, found)),
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) | HirKind::Look(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_without_a_slash_leave_paths_without_one() {
        for (path, target, expected) in [
            ("/api(/|$)(.*)", "$2", Some(("/api", ""))),
            ("/api/(.*)", "$1", Some(("/api/", ""))),
            ("/api/v([0-9])", "v$1", Some(("/api/v0", "v0"))),
            ("/api(/.*)?", "$1", Some(("/api", ""))),
            ("/api(/.*)", "$1", None),
            ("/api(/|$)(.*)", "/$2", None),
            ("/api/(.*)", "https://shop.example/$1", None),
            ("/api/(.*)", "$uri", None),
        ] {
            let found = without_slash(path, target);
            assert_eq!(found.as_ref().map(|(request, becomes)| (request.as_str(), becomes.as_str())), expected, "{path} {target}");
        }
    }

    #[test]
    fn groups_that_begin_with_a_slash_behind_one_are_two() {
        for (path, target, expected) in [
            ("/api(.*)", "/$1", Some("//orders/7")),
            ("/api(/.*)?", "/$1", Some("//orders/7")),
            ("/api(/|$)(.*)", "/$1$2", Some("//orders/7")),
            ("/api(.*)", "/v1$1", None),
            ("/api", "/$1/$2", None),
            ("/api(/|$)(.*)", "/$1", None),
            ("/api(/|$)(.*)", "/$2", None),
            ("/api/?(.*)", "/$1", None),
            ("/(.*)", "/$1", None),
            ("/api(.*)", "$1", None),
            ("/api(.*)", "https://shop.example/$1", None),
        ] {
            let found = doubled_slash(path, target);
            assert_eq!(found.as_ref().map(|(_, becomes)| becomes.as_str()), expected, "{path} {target}");
        }
    }

    #[test]
    fn groups_that_hold_words_of_the_path_carry_nothing_over() {
        for (path, target, expected) in [
            ("/api(/|$)(.*)", "/$1", Some(("//", Some(2)))),
            ("/api(/|$)(.*)", "/svc$1", Some(("/svc/", Some(2)))),
            ("/api/(v1|v2)", "/$1", Some(("/v1", None))),
            ("/api((/v1)|(/v2))/(.*)", "/$2", Some(("//v1", Some(4)))),
            ("/(api|web)/?(.*)", "/$1", Some(("/api", Some(2)))),
            ("/api(/|$)(.*)", "/$2", None),
            ("/api(/|$)(.*)", "/$1$2", None),
            ("/api/(.*)", "/$1", None),
            ("/(api/.*)", "/$1", None),
            // What is named is an identity, and the path is mostly meant to end behind it.
            ("/users/([0-9]+)", "/profile/$1", None),
            ("/(.*)[.]html", "/$1", None),
            ("/api/(v1|v2)$", "/$1", None),
            ("/api(/|$)(.*)", "/$1?path=$uri", None),
            ("/api", "/", None),
        ] {
            let lost = Lost::of(path, target);
            let found = lost.as_ref().map(|lost| (lost.becomes.as_str(), lost.rest));
            assert_eq!(found, expected, "{path} {target}");
        }
    }
}
