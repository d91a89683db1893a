//! What is done to responses.

/// Response compression.
#[derive(Debug, Clone, PartialEq)]
pub struct Compression {
    /// Compress responses with gzip.
    pub gzip: bool,
    /// Effort of gzip, from 1 to 9.
    pub gzip_level: i64,
    /// Bytes that a response needs to be compressed with gzip.
    pub gzip_min_length: i64,
    /// Media types that are compressed with gzip, besides `text/html`.
    pub gzip_types: String,
    /// User agents that get no compressed response.
    pub gzip_disable: String,
    /// Compress responses with Brotli.
    pub brotli: bool,
    /// Effort of Brotli, from 0 to 11.
    pub brotli_level: i64,
    /// Bytes that a response needs to be compressed with Brotli.
    pub brotli_min_length: i64,
    /// Media types that are compressed with Brotli.
    pub brotli_types: String,
}

impl Default for Compression {
    fn default() -> Self {
        Self {
            gzip: false,
            gzip_level: 1,
            gzip_min_length: 256,
            gzip_types: "application/atom+xml application/javascript application/x-javascript application/json application/rss+xml application/vnd.ms-fontobject application/x-font-ttf application/x-web-app-manifest+json application/xhtml+xml application/xml font/opentype image/svg+xml image/x-icon text/css text/javascript text/plain text/x-component".into(),
            gzip_disable: String::new(),
            brotli: false,
            brotli_level: 4,
            brotli_min_length: 20,
            brotli_types: "application/xml+rss application/atom+xml application/javascript application/x-javascript application/json application/rss+xml application/vnd.ms-fontobject application/x-font-ttf application/x-web-app-manifest+json application/xhtml+xml application/xml font/opentype image/svg+xml image/x-icon text/css text/javascript text/plain text/x-component".into(),
        }
    }
}

/// Headers that are added, passed or hidden.
#[derive(Debug, Clone, PartialEq)]
pub struct Headers {
    /// `namespace/name` of the object with headers for every response; empty: none.
    pub add_from: String,
    /// `namespace/name` of the object with headers for every request to a backend; empty: none.
    pub set_from: String,
    /// Headers of backends that clients do not see.
    pub hide: Vec<String>,
    /// Pass the `Server` header of the backend.
    pub pass_server: bool,
    /// Name nginx and its version in responses.
    pub server_tokens: bool,
    /// Give each request without `X-Request-ID` a random one.
    pub generate_request_id: bool,
    /// Tell backends the URI before rewriting in `X-Original-Uri`.
    pub original_uri: bool,
    /// Headers that a route may add to its responses.
    pub allowed_custom: Vec<String>,
    /// Media type of responses that have none.
    pub default_type: String,
}

impl Default for Headers {
    fn default() -> Self {
        Self {
            add_from: String::new(),
            set_from: String::new(),
            hide: Vec::new(),
            pass_server: false,
            server_tokens: false,
            generate_request_id: true,
            original_uri: false,
            allowed_custom: Vec::new(),
            default_type: "text/html".into(),
        }
    }
}
