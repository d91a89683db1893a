//! The form of the configuration, which changed over the years although it meant the same.

/// What the form has. Without a word, it is the latest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a decision of its own")]
pub struct Layout {
    /// The release of the proxy, whose image decides what its nginx knows.
    pub release: (u16, u16, u16),
    /// HTTP/2 is switched on by a directive of its own, not by a parameter of the addresses.
    pub http2_directive: bool,
    /// The module for tracing lies with the other modules.
    pub tracing_module_with_others: bool,
    /// A carriage return within a line becomes a blank; else it vanishes.
    pub keeps_carriage_returns: bool,
    /// Timeouts of gRPC are set.
    pub grpc_timeouts: bool,
    /// Names and URLs of other services are quoted.
    pub quotes_targets: bool,
    /// Code lies in files of its own, with its settings in another.
    pub lua_files: bool,
    /// Headers for the service that authenticates are escaped.
    pub escapes_auth_headers: bool,
    /// The answer of the service that authenticates is read by code in a file.
    pub auth_lua_file: bool,
    /// Backends learn the host that the client's proxy was asked for.
    pub original_host: bool,
    /// The address of the client is taken from the PROXY protocol or from headers, where both are in use.
    pub joint_client_address: bool,
    /// Names of hosts and paths are quoted.
    pub quotes_paths: bool,
    /// Paths that are rewritten are escaped.
    pub escapes_rewrites: bool,
    /// Files that the controller makes lie in a folder of their own, not in that of nginx.
    pub has_state_folder: bool,
    /// Errors of the service that authenticates get no error pages.
    pub keeps_auth_errors: bool,
    /// Comments about upstreams for authentication name the path.
    pub names_auth_paths: bool,
}

impl Layout {
    /// The same, put into words as another form does where only the words differ: what the proxy does stays.
    #[must_use]
    pub fn worded_as(self, other: &Self) -> Self {
        Self {
            http2_directive: other.http2_directive,
            tracing_module_with_others: other.tracing_module_with_others,
            lua_files: other.lua_files,
            auth_lua_file: other.auth_lua_file,
            names_auth_paths: other.names_auth_paths,
            ..self
        }
    }
}

impl Default for Layout {
    fn default() -> Self {
        Self {
            release: (1, 15, 1),
            http2_directive: true,
            tracing_module_with_others: true,
            keeps_carriage_returns: true,
            grpc_timeouts: true,
            quotes_targets: true,
            lua_files: true,
            escapes_auth_headers: true,
            auth_lua_file: true,
            original_host: true,
            joint_client_address: true,
            quotes_paths: true,
            escapes_rewrites: true,
            has_state_folder: true,
            keeps_auth_errors: true,
            names_auth_paths: false,
        }
    }
}
