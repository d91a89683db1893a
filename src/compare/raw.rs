//! Raw configuration that another side seems to have: the lines of a block that no entry of the catalog is about, and only it has.

use std::collections::BTreeMap;

use super::seen::{Lost, Seen};
use crate::source::FileId;
use crate::{conf, diff};

/// More lines than these are no snippet that anybody guesses.
const MOST_LINES: usize = 50;

/// The annotations and keys that hold raw configuration, each with how the innermost block around it begins.
const CONTEXTS: [(&str, &str); 8] = [
    ("auth-snippet", "location = /_external-auth"),
    ("configuration-snippet", "location "),
    ("global-auth-snippet", "location = /_external-auth"),
    ("http-snippet", "http"),
    ("location-snippet", "location "),
    ("main-snippet", ""),
    ("server-snippet", "server "),
    ("stream-snippet", "stream"),
];

/// Whether an annotation or a key holds raw configuration of which one can tell where it would stand.
pub(super) fn is_raw(name: &str) -> bool {
    CONTEXTS.iter().any(|(known, _)| *known == name)
}

/// Whether raw configuration of an annotation or a key can hold a line, by where it is.
pub(super) fn is_about(name: &str, seen: &Seen) -> bool {
    let around = seen.path.rsplit('\n').next().unwrap_or_default();
    // Of streams nobody declares a server but the controller, and who writes raw configuration.
    let is_place = around != "stream" && ["server ", "location "].iter().any(|start| seen.name.starts_with(start));
    let fits = |start: &str| if start.contains(' ') { around.starts_with(start) } else { around == start };
    let is_here = CONTEXTS.iter().any(|(known, start)| *known == name && fits(start));
    is_here && !is_place && seen.file == "nginx.conf" && !seen.is_denial()
}

/// What an annotation or a key would hold, if what the blocks of the other side have otherwise is in it: for each kind of block one
/// text, that of most blocks first.
pub(super) fn texts<'s>(seen: impl Iterator<Item = &'s Seen>, own: usize, value: &str) -> Vec<String> {
    let mut blocks: BTreeMap<&str, Vec<&Seen>> = BTreeMap::new();
    for line in seen {
        blocks.entry(&line.path).or_default().push(line);
    }
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    for text in blocks.values().filter(|lines| lines.len() <= MOST_LINES).filter_map(|lines| text(lines, own, value)) {
        *found.entry(text).or_default() += 1;
    }
    let mut found: Vec<(String, usize)> = found.into_iter().collect();
    found.sort_by_key(|(_, blocks)| std::cmp::Reverse(*blocks));
    found.into_iter().map(|(text, _)| text).collect()
}

/// Whether only the controller writes such a block.
fn is_of_controller(block: &Lost) -> bool {
    block.text.contains("_by_lua_") || block.text.contains("upstream_balancer")
}

/// A text without a block; none where it is not there.
fn without(text: &str, label: &str) -> Option<String> {
    let tree = conf::parse(FileId(0), text).value;
    let block = tree.directives().find(|directive| directive.is_block() && diff::label(*directive) == label)?;
    let span = block.span();
    Some(format!("{}{}", &text[..span.start as usize], &text[span.end as usize..]))
}

/// A value with the lines of a block as the other side has them; none where a line is a block, of which nobody knows what is in it.
fn text(lines: &[&Seen], own: usize, value: &str) -> Option<String> {
    let mut text = value.to_owned();
    for line in lines {
        match (line.text(own), line.text(1 - own)) {
            (None, Some(other)) if other.ends_with("{ … }") => {
                let lost = line.lost.as_ref().filter(|lost| !is_of_controller(lost))?;
                text = format!("{text}{}{}", if text.is_empty() { "" } else { "\n" }, lost.text);
            }
            (_, Some(other)) if other.ends_with("{ … }") => return None,
            (Some(mine), None) if mine.ends_with("{ … }") => text = without(&text, &line.name)?,
            (Some(mine), other) if text.contains(mine) => text = text.replacen(mine, other.unwrap_or_default(), 1),
            (None, Some(other)) if text.is_empty() => other.clone_into(&mut text),
            (None, Some(other)) => text = format!("{text}\n{other}"),
            _ => {}
        }
    }
    (text != value).then_some(text)
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    /// What is guessed from two configurations, of which manifests make the second.
    fn guessed(name: &str, value: &str, other: &str, own: &str) -> Vec<String> {
        let (other, own) = (conf::parse(FileId(0), other).value, conf::parse(FileId(1), own).value);
        let report = diff::compare(&own, &other);
        let seen: Vec<Seen> = report.changes.iter().map(|change| Seen::of("nginx.conf", change)).collect();
        texts(seen.iter().filter(|seen| is_about(name, seen)), 1, value)
    }

    #[test]
    fn what_nobody_else_writes_is_raw_configuration() {
        let server = |lines: &str| format!("http {{ server {{ server_name a; {lines} }} server {{ server_name b; {lines} }} }}");
        for (name, value, other, own, expected) in [
            ("server-snippet", "", server("x 1; y 2;"), server(""), &["x 1;\ny 2;"][..]),
            ("server-snippet", "x 0;", server("x 1;"), server("x 0;"), &["x 1;"]),
            ("server-snippet", "x 0; z 3;", server("x 0;"), server("x 0; z 3;"), &["x 0; "]),
            // What the catalog knows can stand there too, but for how the controller refuses a path.
            ("server-snippet", "", server("set $mine 1;"), server(""), &["set $mine 1;"]),
            ("server-snippet", "", server("client_max_body_size 1m;"), server(""), &["client_max_body_size 1m;"]),
            ("server-snippet", "", server("return 503;"), server(""), &[]),
            // Of a block nobody knows what is in it, and another context has another name.
            ("server-snippet", "", server("x { y; }"), server(""), &[]),
            ("http-snippet", "", server("x 1;"), server(""), &[]),
            ("http-snippet", "", String::from("http { x 1; }"), String::from("http { }"), &["x 1;"]),
            ("main-snippet", "", String::from("x 1; http { }"), String::from("http { }"), &["x 1;"]),
        ] {
            assert_eq!(guessed(name, value, &other, &own), expected, "{name} {value} {other} {own}");
        }
    }
}
