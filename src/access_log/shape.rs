//! What values of variables look like.

/// What a value can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Three digits.
    Status,
    /// Digits, with a dot among them.
    Number,
    /// Without blanks.
    Word,
    /// `http`, `https`
    Scheme,
    /// A word without slashes.
    Host,
    /// A word that begins as targets do.
    Target,
    /// `10/Oct/2025:13:55:36 +0000`
    Time,
    /// A request line, which ends with the version of HTTP, or nothing like it.
    Request,
    /// Words of several upstreams, with `, ` and ` : ` between them.
    List,
    /// Anything.
    Any,
}

impl Shape {
    /// That of a variable.
    pub(super) fn of(name: &str) -> Self {
        match name {
            "status" => Self::Status,
            "request_time"
            | "request_length"
            | "body_bytes_sent"
            | "bytes_sent"
            | "msec"
            | "connection"
            | "connection_requests"
            | "content_length"
            | "pid"
            | "server_port"
            | "remote_port" => Self::Number,
            "time_local" => Self::Time,
            "scheme" | "pass_access_scheme" => Self::Scheme,
            "host" | "best_http_host" => Self::Host,
            "request_uri" => Self::Target,
            "request" => Self::Request,
            "remote_addr"
            | "realip_remote_addr"
            | "server_addr"
            | "time_iso8601"
            | "request_method"
            | "https"
            | "req_id"
            | "request_id"
            | "proxy_upstream_name"
            | "proxy_alternative_upstream_name"
            | "server_protocol"
            | "namespace"
            | "ingress_name"
            | "service_name"
            | "service_port"
            | "pipe"
            | "args"
            | "query_string"
            | "the_real_ip"
            | "pass_server_port"
            | "pass_port"
            | "proxy_protocol_addr"
            | "proxy_protocol_port"
            | "ssl_protocol"
            | "ssl_cipher"
            | "ssl_server_name"
            | "ssl_session_reused" => Self::Word,
            _ if name.starts_with("upstream_") && !name.starts_with("upstream_http_") && !name.starts_with("upstream_cookie_") => {
                Self::List
            }
            _ => Self::Any,
        }
    }

    /// Whether a text is one. What has no value is anything's.
    pub(super) fn fits(self, text: &[u8]) -> bool {
        if text.is_empty() || text == b"-" {
            return true;
        }
        match self {
            Self::Status => text.len() == 3 && text.iter().all(u8::is_ascii_digit),
            Self::Number => text.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.'),
            Self::Word => !text.iter().any(|byte| matches!(byte, b' ' | b'\t')),
            Self::Scheme => matches!(text, b"http" | b"https"),
            Self::Host => Self::Word.fits(text) && !text.contains(&b'/'),
            Self::Target => Self::Word.fits(text) && (text.starts_with(b"/") || text.starts_with(b"http") || text == b"*"),
            Self::Time => text.len() == 26 && text.iter().all(|byte| byte.is_ascii_alphanumeric() || b"/:+- ".contains(byte)),
            Self::Request | Self::Any => true,
            Self::List => is_list(text),
        }
    }
}

fn is_list(text: &[u8]) -> bool {
    let mut words = text.split(|byte| *byte == b' ').peekable();
    while let Some(word) = words.next() {
        let is_last = words.peek().is_none();
        let word = match (word.strip_suffix(b","), is_last) {
            (Some(word), false) => word,
            (None, false) => {
                // Another upstream was asked in another place of the configuration.
                if words.next() != Some(b":") || words.peek().is_none() {
                    return false;
                }
                word
            }
            (Some(_), true) => return false,
            (None, true) => word,
        };
        if word.is_empty() || word == b":" || word.iter().any(|byte| matches!(byte, b'"' | b',' | b'\t')) {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_upstreams_are_one_value() {
        for (text, expected) in [
            ("10.0.0.1:80", true),
            ("10.0.0.1:80, 10.0.0.2:80", true),
            ("10.0.0.1:80 : 10.0.0.2:80, [::1]:80", true),
            ("unix:/run/a.sock", true),
            ("-", true),
            ("10.0.0.1:80,", false),
            ("10.0.0.1:80 10.0.0.2:80", false),
            ("10.0.0.1:80 :", false),
            (":", false),
            ("a : ", false),
        ] {
            assert_eq!(Shape::List.fits(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn values_have_the_shapes_of_their_variables() {
        for (name, text, expected) in [
            ("status", "200", true),
            ("status", "2000", false),
            ("status", "-", true),
            ("time_local", "10/Oct/2025:13:55:36 +0000", true),
            ("time_local", "u [10/Oct/2025:13:55:36 +0000", false),
            ("request_time", "0.004", true),
            ("request_time", "0.004 5", false),
            ("remote_addr", "2001:db8::1", true),
            ("remote_addr", "a b", false),
            ("http_user_agent", "a b [c]", true),
            ("upstream_http_x", "a b", true),
        ] {
            assert_eq!(Shape::of(name).fits(text.as_bytes()), expected, "{name} {text}");
        }
    }
}
