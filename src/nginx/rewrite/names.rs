//! Numbered groups of a `rewrite` that get names.

use super::program;
use crate::conf::{Directive, parse};
use crate::source::FileId;

/// The beginning of the names.
const NAME: &str = "part";

/// A `rewrite` that does the same with names in place of numbers, where those are not escaped: before the arguments of a path. None where
/// it has no such groups, or names of its own.
pub(in crate::nginx) fn named(line: &str) -> Option<String> {
    let text = format!("{line};");
    let tree = parse(FileId(u32::MAX), &text);
    let directive: Directive = tree.value.directives().next().filter(|directive| directive.name() == "rewrite")?;
    let args: Vec<_> = directive.args().collect();
    let [pattern, target, ..] = args.as_slice() else { return None };
    let flag = args.get(2).map(|flag| flag.value());
    if program::rewrite(&pattern.value(), &target.value(), flag.as_deref()).is_redirect {
        return None;
    }
    let (target, used) = with_names(target.raw());
    let pattern = with_groups(pattern.raw(), used)?;
    let flag = args.get(2).map_or_else(String::new, |flag| format!(" {}", flag.raw()));
    (used != 0).then(|| format!("rewrite {pattern} {target}{flag}"))
}

/// The target with names before its arguments, and the groups that are named, a bit each.
fn with_names(target: &str) -> (String, u16) {
    let end = target.find('?').unwrap_or(target.len());
    let (path, arguments) = target.split_at(end);
    let (mut out, mut used) = (String::new(), 0);
    let mut parts = path.split('$');
    out.extend(parts.next());
    for part in parts {
        match part.bytes().next().filter(|byte| (b'1'..=b'9').contains(byte)) {
            Some(digit) => {
                used |= 1 << (digit - b'0');
                out.push_str(&format!("${{{NAME}{}}}{}", char::from(digit), &part[1..]));
            }
            None => {
                out.push('$');
                out.push_str(part);
            }
        }
    }
    (out + arguments, used)
}

/// The expression with names for some of its groups; none where it has names already.
fn with_groups(pattern: &str, used: u16) -> Option<String> {
    let (mut out, mut number, mut in_class) = (String::new(), 0_u32, false);
    let mut letters = pattern.char_indices();
    while let Some((at, letter)) = letters.next() {
        out.push(letter);
        match letter {
            '\\' => out.extend(letters.next().map(|(_, escaped)| escaped)),
            '[' => in_class = true,
            ']' => in_class = false,
            '(' if !in_class => {
                let behind = &pattern[at + 1..];
                let is_named = ["?<", "?P<", "?'"].iter().any(|head| behind.starts_with(head))
                    && !behind.starts_with("?<=")
                    && !behind.starts_with("?<!");
                if is_named {
                    return None;
                }
                if !behind.starts_with(['?', '*']) {
                    number += 1;
                    if 1_u16.checked_shl(number).is_some_and(|bit| used & bit != 0) {
                        out.push_str(&format!("?<{NAME}{number}>"));
                    }
                }
            }
            _ => {}
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_get_names_where_they_are_not_escaped() {
        for (line, expected) in [
            ("rewrite ^/new/(.*)$ /$host/$1 break", Some("rewrite ^/new/(?<part1>.*)$ /$host/${part1} break")),
            (r#"rewrite "^/(a|b)/([(]\()(.*)" "/$host/$3""#, Some(r#"rewrite "^/(a|b)/([(]\()(?<part3>.*)" "/$host/${part3}""#)),
            ("rewrite ^/(.*)/(.*)$ /$host/$1?rest=$2", Some("rewrite ^/(?<part1>.*)/(.*)$ /$host/${part1}?rest=$2")),
            ("rewrite ^/(?:x)(.*)$ /$host/$1", Some("rewrite ^/(?:x)(?<part1>.*)$ /$host/${part1}")),
            ("rewrite ^/(?<own>.*)$ /$host/$1", None),
            ("rewrite ^/(.*)$ https://$host/$1", None),
            ("rewrite ^/(.*)$ /$1 redirect", None),
            ("rewrite ^/(.*)$ /$host", None),
            ("set $a $1", None),
        ] {
            assert_eq!(named(line).as_deref(), expected, "{line}");
        }
    }
}
