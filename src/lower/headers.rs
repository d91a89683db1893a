//! Headers for all routes, which the settings name ConfigMaps for.

use super::world::World;
use crate::diagnostic::Diagnostic;

/// The headers of the ConfigMap `namespace/name`, by name. `setting` is the key that names it.
pub(super) fn read(world: &World, key: &str, setting: &str, findings: &mut Vec<Diagnostic>) -> Vec<(String, String)> {
    if key.is_empty() {
        return Vec::new();
    }
    let Some(config_map) = world.config_map(key) else {
        let message = format!("the ConfigMap `{key}`, which `{setting}` names, is not in the input: its headers are left out");
        findings.push(Diagnostic::info("missing-headers", message).subject(setting));
        return Vec::new();
    };
    config_map.value.data.iter().flatten().map(|(name, value)| (name.clone(), value.clone())).collect()
}
