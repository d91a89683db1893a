//! Names of hosts as nginx compares them.

/// A name as nginx compares it.
pub(super) fn folded(name: &str) -> String {
    name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase()
}

/// The other name of a host, which a redirect takes.
pub(super) fn twin(host: &str) -> String {
    host.strip_prefix("www.").map_or_else(|| format!("www.{host}"), str::to_owned)
}
