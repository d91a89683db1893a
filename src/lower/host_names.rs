//! Names of hosts as nginx compares them.

/// A name as nginx compares it.
pub(super) fn folded(name: &str) -> String {
    name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase()
}
