//! Raw configuration of the administrator, and the memory of Lua.

use std::collections::BTreeMap;

use super::{Group, Reading, decode, own, text};
use crate::ir::Settings;

pub(super) static GROUP: Group = Group {
    name: "snippets",
    doc: "Raw configuration of the administrator, and the memory of Lua.",
    settings: &[
        text("main-snippet", |s| &mut s.snippets.main, "Raw configuration for the outermost level."),
        text("http-snippet", |s| &mut s.snippets.http, "Raw configuration for all of HTTP."),
        text("server-snippet", |s| &mut s.snippets.server, "Raw configuration for each host."),
        text("location-snippet", |s| &mut s.snippets.location, "Raw configuration for each route."),
        text("stream-snippet", |s| &mut s.snippets.stream, "Raw configuration for TCP and UDP."),
        own(
            "lua-shared-dicts",
            "list of `name: size`",
            shared_dicts,
            "Sizes of the shared memory of Lua: `name: size`, separated by commas.",
        )
        .governs(&["lua_shared_dict"]),
    ],
};

/// Largest size, in kilobytes.
const LARGEST_DICT: i64 = 204_800;

/// Most dictionaries that can be declared here.
const MOST_DICTS: usize = 100;

/// The declared dictionaries, and the others with their default sizes. The order counts: what comes after too many is left out.
fn shared_dicts(settings: &mut Settings, reading: &mut Reading) {
    let mut dicts = BTreeMap::new();
    for item in decode::split(reading.text) {
        let compact = item.replace(' ', "");
        let Some((name, size)) = compact.split_once(':') else {
            reading.refuse_item(format!("{} is not `name: size`", decode::quoted(&item)));
            continue;
        };
        match kilobytes(size) {
            Some(size) if size > LARGEST_DICT => reading.refuse_item(format!("{} is larger than 200M", decode::quoted(&item))),
            Some(_) if dicts.len() >= MOST_DICTS => {
                reading.refuse_item(format!("{} is one of more than {MOST_DICTS} dictionaries", decode::quoted(&item)));
            }
            Some(size) => {
                dicts.insert(name.to_owned(), size);
            }
            None => reading.refuse_item(format!("{} has no size like `10M` or `512k`", decode::quoted(&item))),
        }
    }
    settings.lua_dicts.append(&mut dicts);
}

/// A size in megabytes, or with the unit `k` or `m`. Quirk: what overflows wraps around.
fn kilobytes(text: &str) -> Option<i64> {
    let digits = text.strip_suffix(['k', 'K', 'm', 'M']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let size: i64 = digits.parse().unwrap_or(i64::MAX);
    let size = if text.ends_with(['k', 'K']) { size } else { size.wrapping_mul(1024) };
    (size >= 0).then_some(size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_megabytes_unless_they_say_otherwise() {
        for (text, size) in [("7", 7168), ("7m", 7168), ("7M", 7168), ("700k", 700), ("700K", 700), ("0", 0), ("007", 7168)] {
            assert_eq!(kilobytes(text), Some(size), "{text}");
        }
        for text in ["", "k", "7g", "7mb", "-7", "7.5", "7 m", "99999999999999999999"] {
            assert_eq!(kilobytes(text), None, "{text}");
        }
    }

    #[test]
    fn only_a_hundred_dictionaries_are_taken() {
        let text: Vec<String> = (0..120).map(|number| format!("dict_{number:03}: 1")).collect();
        let mut settings = Settings::default();
        let before = settings.lua_dicts.len();
        let mut reading = Reading { text: &text.join(","), processors: 1, remarks: Vec::new() };
        shared_dicts(&mut settings, &mut reading);
        assert_eq!(settings.lua_dicts.len(), before + 100);
        assert_eq!(reading.remarks.len(), 20);
    }
}
