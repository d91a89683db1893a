//! The maps whose regular expressions have groups: whoever asks for their value changes what the groups were before.

use hashbrown::HashMap;

use super::super::pcre::Pattern;
use crate::conf::Directive;

/// The maps, by the names of their variables.
#[derive(Debug, Default)]
pub(super) struct Maps(HashMap<String, Map>);

/// What a map changes.
#[derive(Debug, Default)]
pub(super) struct Map {
    /// The largest number of a group.
    groups: usize,
    /// The names of groups.
    names: Vec<String>,
    /// Whether it is asked each time, and asks for what it changes itself.
    is_restless: bool,
}

impl Maps {
    /// Those of `http`.
    pub(super) fn of(http: &[Directive]) -> Self {
        let maps = http.iter().filter(|directive| directive.name() == "map" && directive.is_block());
        Self(maps.filter_map(map).collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the parts of a text are changed by a map that stands behind them.
    pub(super) fn disturb(&self, text: &str) -> bool {
        let names = variables(text);
        names.iter().enumerate().any(|(at, name)| {
            let Some(map) = self.0.get(*name) else { return false };
            let is_changed = |before: &&str| {
                before.parse().map_or_else(|_| map.names.iter().any(|name| name == before), |group: usize| group <= map.groups)
            };
            // Asked a second time, it has its value already.
            let is_first = !names[..at].contains(name);
            map.is_restless || is_first && names[..at].iter().any(is_changed)
        })
    }
}

fn map(directive: &Directive) -> Option<(String, Map)> {
    let mut args = directive.args().map(|arg| arg.value().into_owned());
    let (source, name) = (args.next()?, args.next()?);
    let mut found = Map::default();
    let mut is_volatile = false;
    for entry in directive.directives() {
        let key = entry.name();
        is_volatile |= key == "volatile" && entry.args().next().is_none();
        // An expression without one has no groups.
        let Some(text) = key.strip_prefix('~').filter(|text| text.contains('(')) else { continue };
        let (text, is_caseless) = text.strip_prefix('*').map_or((text, false), |text| (text, true));
        let Ok(pattern) = Pattern::new(text, is_caseless) else {
            found.groups = found.groups.max(text.matches('(').count());
            continue;
        };
        found.groups = found.groups.max(pattern.count());
        found.names.extend(pattern.names().map(|(_, name)| name.to_owned()));
    }
    found.is_restless = is_volatile && variables(&source).iter().any(|asked| found.names.iter().any(|name| name == asked));
    (found.groups > 0).then(|| (name.trim_start_matches('$').to_owned(), found))
}

/// The names of the variables in a text, and the numbers of groups, in order.
fn variables(text: &str) -> Vec<&str> {
    text.split('$').skip(1).filter_map(name).collect()
}

fn name(behind: &str) -> Option<&str> {
    if behind.starts_with(|letter: char| ('1'..='9').contains(&letter)) {
        return Some(&behind[..1]);
    }
    let bare = behind.strip_prefix('{').unwrap_or(behind);
    let end = bare.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').unwrap_or(bare.len());
    Some(&bare[..end]).filter(|name| !name.is_empty())
}
