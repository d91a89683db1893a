//! The locations of a server.

use std::sync::Arc;

use super::include::Lines;
use super::values::{Names, first, is_on};
use super::{instruction, level};
use crate::conf::{Arg, Directive};
use crate::nginx::Pattern;
use crate::route::model::{Inside, Kind, Level, Location, Locations, Pass, Verification};

/// How deep locations may stand in each other.
const DEEPEST: usize = 16;

/// Reads what stands in a server.
pub(in crate::route) fn inside<'t>(lines: Lines<'t>, block: Directive<'t>, http: &Level, names: Names<'_>) -> Inside {
    let directives = lines.of(block);
    let level = level::under(http, &directives, names, false);
    let rewrite = instruction::steps(lines, &directives, names, None);
    let (mut verification, mut merges_slashes, mut certificate) = ((Verification::Off, None), true, None);
    let (mut is_dynamic, mut rejects) = (false, false);
    for directive in &directives {
        match &*directive.name() {
            "ssl_verify_client" => {
                let kind = match first(*directive).as_str() {
                    "on" => Verification::On,
                    "optional" => Verification::Optional,
                    "optional_no_ca" => Verification::OptionalNoCa,
                    _ => Verification::Off,
                };
                verification = (kind, Some(directive.head_span()));
            }
            "merge_slashes" => merges_slashes = is_on(*directive),
            "ssl_certificate" => certificate = Some(first(*directive)),
            "ssl_certificate_by_lua_file" | "ssl_certificate_by_lua_block" => is_dynamic = true,
            "ssl_reject_handshake" => rejects = is_on(*directive),
            _ => {}
        }
    }
    let locations = locations(lines, &directives, &level, names, 0);
    Inside { level: Arc::new(level), rewrite, locations, verification, merges_slashes, certificate, is_dynamic, rejects }
}

fn locations<'t>(lines: Lines<'t>, directives: &[Directive<'t>], around: &Level, names: Names<'_>, depth: usize) -> Locations {
    let blocks = directives.iter().filter(|directive| directive.is_block() && directive.name() == "location");
    Locations::new(blocks.map(|block| location(lines, *block, around, names, depth)).collect())
}

fn location<'t>(lines: Lines<'t>, block: Directive<'t>, around: &Level, names: Names<'_>, depth: usize) -> Location {
    let words: Vec<String> = block.args().map(|arg: Arg<'_>| arg.value().into_owned()).collect();
    let (sign, path) = match words.as_slice() {
        [sign, path] => (sign.as_str(), path.clone()),
        [word] => {
            // The sign may stand right before the path.
            let sign = ["~*", "^~", "~", "="].into_iter().find(|sign| word.starts_with(sign)).unwrap_or_default();
            (sign, word[sign.len()..].to_owned())
        }
        _ => ("", String::new()),
    };
    let kind = match sign {
        "=" => Kind::Exact,
        "~" | "~*" => Kind::Pattern,
        _ if path.starts_with('@') => Kind::Named,
        _ => Kind::Prefix,
    };
    let pattern = (kind == Kind::Pattern).then(|| Pattern::new(&path, sign == "~*"));
    let directives = lines.of(block);
    let level = level::under(around, &directives, names, false);
    let rewrite = instruction::steps(lines, &directives, names, Some(&level));
    let is_proxy = level.pass.as_ref().is_some_and(Pass::is_to_backend);
    let inner = if depth < DEEPEST { locations(lines, &directives, &level, names, depth + 1) } else { Locations::default() };
    Location {
        kind,
        adds_slash: is_proxy && path.ends_with('/') && matches!(kind, Kind::Exact | Kind::Prefix),
        names: pattern.as_ref().map(|pattern| names.groups(pattern)).unwrap_or_default(),
        pattern: pattern.map(|pattern| pattern.map(Arc::new)),
        path,
        at: block.head_span(),
        is_final: sign == "^~",
        inner,
        level: Arc::new(level),
        rewrite,
    }
}
