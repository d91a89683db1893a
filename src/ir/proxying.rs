//! How requests and responses are passed on.

/// How requests and responses are passed on. Sizes are printed as they were written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Proxying {
    /// Largest body of a request.
    pub body_size: String,
    /// Seconds to connect.
    pub connect_timeout: i64,
    /// Seconds between two writes.
    pub send_timeout: i64,
    /// Seconds between two reads.
    pub read_timeout: i64,
    /// Number of buffers.
    pub buffers_number: i64,
    /// Size of each buffer.
    pub buffer_size: String,
    /// Size of buffers that may be busy; empty: the proxy's default.
    pub busy_buffers_size: String,
    /// Change of the cookie domain.
    pub cookie_domain: String,
    /// Change of the cookie path.
    pub cookie_path: String,
    /// When the next endpoint is tried.
    pub next_upstream: String,
    /// Seconds for all tries; zero: no limit.
    pub next_upstream_timeout: i64,
    /// Number of tries; zero: no limit.
    pub next_upstream_tries: i64,
    /// `Location` headers of the backend that are changed.
    pub redirect_from: String,
    /// What they are changed to.
    pub redirect_to: String,
    /// Read the whole request first: `on` or `off`.
    pub request_buffering: String,
    /// Read the whole response first: `on` or `off`.
    pub buffering: String,
    /// HTTP version of the backend.
    pub http_version: String,
    /// Largest temporary file for a response.
    pub max_temp_file_size: String,
}

/// What becomes of the header `Location` of backends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redirects<'a> {
    /// It stays as it is.
    Kept,
    /// Nothing is said about it.
    Unsaid,
    /// A name of the backend becomes that of the host, as the product does it by itself.
    Usual,
    /// What it begins with, or what a regular expression behind `~` finds in it, is replaced.
    Changed {
        /// What is looked for.
        from: &'a str,
        /// What takes its place.
        to: &'a str,
    },
}

impl Proxying {
    /// What becomes of the header `Location` of backends. Quirk: where it would be changed to `off`, nothing is said about it.
    #[must_use]
    pub fn redirects(&self) -> Redirects<'_> {
        match (self.redirect_from.as_str(), self.redirect_to.as_str()) {
            ("off", _) => Redirects::Kept,
            ("default", _) => Redirects::Usual,
            (_, "off") => Redirects::Unsaid,
            (from, to) => Redirects::Changed { from, to },
        }
    }

    /// How they are passed on where neither a manifest nor the settings say anything.
    pub(crate) fn where_nothing_is_said() -> Self {
        Self {
            body_size: "1m".into(),
            connect_timeout: 5,
            read_timeout: 60,
            send_timeout: 60,
            buffers_number: 4,
            buffer_size: "4k".into(),
            busy_buffers_size: String::new(),
            cookie_path: "off".into(),
            cookie_domain: "off".into(),
            next_upstream: "error timeout".into(),
            next_upstream_timeout: 0,
            next_upstream_tries: 3,
            redirect_from: "off".into(),
            redirect_to: "off".into(),
            request_buffering: "on".into(),
            buffering: "off".into(),
            http_version: "1.1".into(),
            max_temp_file_size: "1024m".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_redirects_of_backends_are_read() {
        let changed = Redirects::Changed { from: "http://in/", to: "/" };
        for (from, to, expected) in [
            ("off", "off", Redirects::Kept),
            ("off", "/", Redirects::Kept),
            ("default", "off", Redirects::Usual),
            ("default", "/", Redirects::Usual),
            ("http://in/", "off", Redirects::Unsaid),
            ("", "off", Redirects::Unsaid),
            ("http://in/", "/", changed),
            ("", "/", Redirects::Changed { from: "", to: "/" }),
            ("Off", "", Redirects::Changed { from: "Off", to: "" }),
        ] {
            let proxying = Proxying { redirect_from: from.into(), redirect_to: to.into(), ..Proxying::default() };
            assert_eq!(proxying.redirects(), expected, "{from:?} {to:?}");
        }
    }
}
