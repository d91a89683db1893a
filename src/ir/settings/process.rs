//! The worker processes and the sizes of their tables.

/// The worker processes and their event loop.
#[derive(Debug, Clone, PartialEq)]
pub struct Process {
    /// Number of worker processes; `auto` is one for each processor.
    pub workers: String,
    /// Processors that the workers are bound to, as nginx writes masks, or `auto`.
    pub cpu_affinity: String,
    /// How long old workers may finish their connections after a reload.
    pub shutdown_timeout: String,
    /// Wait with the next reload until the workers of the last one are gone.
    pub serial_reloads: bool,
    /// Connections of one worker at the same time; 0 is three quarters of its open files.
    pub max_connections: i64,
    /// Files that one worker may open; 0 is the limit of the pod without 1024.
    pub max_open_files: i64,
    /// Accept all waiting connections at once.
    pub multi_accept: bool,
    /// Write temporary files in threads.
    pub aio_write: bool,
    /// Give each worker a listening socket of its own.
    pub reuse_port: bool,
    /// Addresses and networks whose connections are logged in detail.
    pub debug_connections: Vec<String>,
    /// Plugins of Lua, in the order of their execution; only older forms have any.
    pub plugins: Vec<String>,
}

impl Default for Process {
    fn default() -> Self {
        Self {
            workers: String::new(),
            cpu_affinity: String::new(),
            shutdown_timeout: "240s".into(),
            serial_reloads: false,
            max_connections: 16384,
            max_open_files: 0,
            multi_accept: true,
            aio_write: true,
            reuse_port: true,
            debug_connections: Vec::new(),
            plugins: Vec::new(),
        }
    }
}

/// Sizes of hash tables.
#[derive(Debug, Clone, PartialEq)]
pub struct Tables {
    /// Bytes of a bucket in the tables of maps.
    pub map_bucket: i64,
    /// Buckets in the table of host names; raised when the names need more.
    pub server_name_max: i64,
    /// Bytes of a bucket in the table of host names; raised when a name needs more.
    pub server_name_bucket: i64,
    /// Buckets in the tables of headers for backends.
    pub header_max: i64,
    /// Bytes of a bucket in the tables of headers for backends.
    pub header_bucket: i64,
    /// Bytes of a bucket in the table of variables.
    pub variable_bucket: i64,
    /// Buckets in the table of variables.
    pub variable_max: i64,
}

impl Default for Tables {
    fn default() -> Self {
        Self {
            map_bucket: 64,
            server_name_max: 1024,
            server_name_bucket: 0,
            header_max: 512,
            header_bucket: 64,
            variable_bucket: 256,
            variable_max: 2048,
        }
    }
}
