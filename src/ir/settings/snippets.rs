//! Raw configuration of the administrator.

/// Raw configuration of the administrator, printed as it is.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Snippets {
    /// Raw configuration for the outermost level.
    pub main: String,
    /// Raw configuration for all of HTTP.
    pub http: String,
    /// Raw configuration for each host.
    pub server: String,
    /// Raw configuration for each route.
    pub location: String,
    /// Raw configuration for TCP and UDP.
    pub stream: String,
}
