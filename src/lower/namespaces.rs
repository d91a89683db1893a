//! Label selectors over namespaces: `--watch-namespace-selector`.

use std::collections::BTreeMap;

use super::world::World;

/// Whether the controller's selector takes a namespace in. A namespace that is not in the input is not.
pub(super) fn is_selected(world: &World, namespace: &str) -> bool {
    let empty = BTreeMap::new();
    let found = world.cluster.namespaces.iter().find(|object| object.reference.name == namespace);
    found.is_some_and(|object| {
        matches(&world.controller.flags.watch_namespace_selector, object.value.metadata.labels.as_ref().unwrap_or(&empty))
    })
}

/// Whether labels satisfy a selector in the form that `kubectl --selector` takes.
fn matches(selector: &str, labels: &BTreeMap<String, String>) -> bool {
    requirements(selector).into_iter().all(|requirement| satisfies(requirement.trim(), labels))
}

/// Splits at commas outside of parentheses.
fn requirements(selector: &str) -> Vec<&str> {
    let (mut parts, mut start, mut depth) = (Vec::new(), 0, 0_u32);
    for (at, c) in selector.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(&selector[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&selector[start..]);
    parts
}

fn satisfies(requirement: &str, labels: &BTreeMap<String, String>) -> bool {
    if requirement.is_empty() {
        return true;
    }
    let value = |key: &str| labels.get(key.trim()).map(String::as_str);
    if let Some((key, list)) = requirement.split_once(" notin ") {
        return value(key).is_none_or(|value| !contains(list, value));
    }
    if let Some((key, list)) = requirement.split_once(" in ") {
        return value(key).is_some_and(|value| contains(list, value));
    }
    if let Some((key, wanted)) = requirement.split_once("!=") {
        return value(key) != Some(wanted.trim());
    }
    if let Some((key, wanted)) = requirement.split_once("==").or_else(|| requirement.split_once('=')) {
        return value(key) == Some(wanted.trim());
    }
    match requirement.strip_prefix('!') {
        Some(key) => value(key).is_none(),
        None => value(requirement).is_some(),
    }
}

fn contains(list: &str, value: &str) -> bool {
    list.trim().trim_start_matches('(').trim_end_matches(')').split(',').any(|item| item.trim() == value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selectors_read_as_kubectl_reads_them() {
        let labels = BTreeMap::from([("team".to_owned(), "blue".to_owned()), ("tier".to_owned(), "web".to_owned())]);
        for yes in ["team=blue", "team==blue", "team", "!other", "team!=red", "team in (red, blue)", "tier notin (db),team=blue", ""] {
            assert!(matches(yes, &labels), "{yes}");
        }
        for no in ["team=red", "other", "!team", "team!=blue", "team in (red)", "team notin (blue,red)", "team=blue,tier=db"] {
            assert!(!matches(no, &labels), "{no}");
        }
    }
}
