//! The patterns that values must match.

use std::sync::OnceLock;

use regex::Regex;

/// A pattern and what it means in words.
#[derive(Debug)]
pub struct Pattern {
    /// The regular expression.
    pub source: &'static str,
    /// What it accepts, as the end of "it must be".
    pub shape: &'static str,
    /// The values that it accepts, where these are only a few.
    pub words: &'static [&'static str],
    compiled: OnceLock<Regex>,
}

impl Pattern {
    const fn new(source: &'static str, shape: &'static str, words: &'static [&'static str]) -> Self {
        Self { source, shape, words, compiled: OnceLock::new() }
    }

    /// Whether the pattern is found in a value. Not all patterns are anchored.
    #[must_use]
    pub fn is_match(&self, value: &str) -> bool {
        #[expect(clippy::expect_used, reason = "fixed patterns that a test compiles")]
        let compiled = self.compiled.get_or_init(|| Regex::new(self.source).expect("a valid pattern"));
        compiled.is_match(value)
    }

    /// Whether the controller accepts a value: it must match, and must not break the line.
    #[must_use]
    pub fn accepts(&self, value: &str) -> bool {
        self.is_match(value) && !value.contains(['\r', '\n'])
    }
}

/// Declares patterns and the table of them all.
macro_rules! patterns {
    ($($(#[doc = $doc:literal])+ $name:ident = $source:literal, $shape:literal $(, [$($word:literal),+])?;)+) => {
        /// The patterns. Classes are spelled out, because those of Go hold ASCII alone.
        pub mod patterns {
            use super::Pattern;

            $($(#[doc = $doc])+ pub static $name: Pattern = Pattern::new($source, $shape, &[$($($word),+)?]);)+

            /// All patterns.
            #[cfg(test)]
            pub(super) static ALL: &[&Pattern] = &[$(&$name),+];
        }
    };
}

patterns! {
    /// Names of objects, hosts, ports and paths.
    BASIC = r"^[-._~a-zA-Z0-9/:]*$", "letters, digits and `- . _ ~ / :`";
    /// Those, and spaces.
    BASIC_AND_SPACE = r"^[-._~a-zA-Z0-9/: ]*$", "letters, digits, spaces and `- . _ ~ / :`";
    /// Those, and commas.
    EXTENDED = r"^[-._~a-zA-Z0-9/:, ]*$", "letters, digits, spaces and `- . _ ~ / : ,`";
    /// A URL.
    URL = r"^[-._~a-zA-Z0-9/:,?&=]*$", "letters, digits and `- . _ ~ / : , ? & =`";
    /// A URL, before it could hold commas.
    URL_WITHOUT_COMMAS = r"^[-._~a-zA-Z0-9/:?&=]*$", "letters, digits and `- . _ ~ / : ? & =`";
    /// A URL with variables of nginx.
    URL_WITH_VARIABLES = r"^[-._~a-zA-Z0-9/:, ?&=$]*$", "letters, digits and `- . _ ~ / : , ? & = $`";
    /// The same, before it could hold commas.
    URL_WITH_VARIABLES_ONLY = r"^[-._~a-zA-Z0-9/:?&=$]*$", "letters, digits and `- . _ ~ / : ? & = $`";
    /// A path with captures that starts with a slash.
    WHOLE_PATH_WITH_CAPTURES = r"^/[-._~a-zA-Z0-9/:$]*$", "`/` and letters, digits and `- . _ ~ / : $`";
    /// A path with captures.
    PATH_WITH_CAPTURES = r"^/?[-._~a-zA-Z0-9/:$]*$", "a path of letters, digits and `- . _ ~ / : $`";
    /// A regular expression, without quotes, blanks and semicolons.
    HOST_PATTERN = r"^[-._~a-zA-Z0-9/:^$\[\](){}*+?|&=\\]*$", r"letters, digits and `- . _ ~ / : ^ $ [ ] ( ) { } * + ? | & = \`";
    /// A variable of nginx or plain text.
    VARIABLE = r"^[-A-Za-z0-9_${}]*$", "letters, digits and `- _ $ { }`";
    /// A list of header names.
    HEADERS = r"^[-A-Za-z0-9_, ]*$", "names of headers, separated by commas";
    /// A size. In any case, as Go folds it: the Kelvin sign is a `k`.
    SIZE = r"^[0-9]+(?i:[bkmg])?$", "a size like `8k`, `10m` or `1g`";
    /// On or off.
    ON_OFF = r"^(on|off)$", "`on` or `off`", ["on", "off"];
    /// One HTTP method.
    METHOD = r"^(GET|HEAD|POST|PUT|PATCH|DELETE|CONNECT|OPTIONS|TRACE)$", "one method of HTTP in capitals",
        ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "OPTIONS", "TRACE"];
    /// The same, before it was anchored. Quirk: anything around the word is accepted.
    METHOD_WITHIN = r"(GET|HEAD|POST|PUT|PATCH|DELETE|CONNECT|OPTIONS|TRACE)", "one method of HTTP in capitals",
        ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "OPTIONS", "TRACE"];
    /// The scheme of password authentication. Quirk: anything around the word is accepted.
    AUTH_TYPE = r"basic|digest", "`basic` or `digest`", ["basic", "digest"];
    /// The form of a Secret with passwords. Quirk: anything around the word is accepted.
    AUTH_SECRET_TYPE = r"auth-file|auth-map", "`auth-file` or `auth-map`", ["auth-file", "auth-map"];
    /// How client certificates are checked.
    VERIFY_CLIENT = r"^(on|off|optional|optional_no_ca)$", "`on`, `off`, `optional` or `optional_no_ca`",
        ["on", "off", "optional", "optional_no_ca"];
    /// The same, before it was anchored. Quirk: anything around the word is accepted.
    VERIFY_CLIENT_WITHIN = r"on|off|optional|optional_no_ca", "`on`, `off`, `optional` or `optional_no_ca`",
        ["on", "off", "optional", "optional_no_ca"];
    /// A named location, a URL or a path.
    ERROR_PAGE = r"^(@[A-Za-z0-9_-]+|((https?://)?[-A-Za-z0-9.]+(:[0-9]+)?)?(/[-A-Za-z0-9_.]+)*/?)$", "`@name`, a URL or a path";
    /// The same, before it could be a named location.
    ERROR_PAGE_URL = r"^((https?://)?[-A-Za-z0-9.]+(:[0-9]+)?)?(/[-A-Za-z0-9_.]+)*/?$", "a URL or a path";
    /// The same, before its path could have several parts.
    ERROR_PAGE_SHORT_URL = r"^((https?://)?[-A-Za-z0-9.]*(:[0-9]+)?/[-A-Za-z0-9.]*)?$", "a URL or a path of one part";
    /// The `Connection` header.
    CONNECTION = r"^(close|keep-alive)$", "`close` or `keep-alive`", ["close", "keep-alive"];
    /// A list of origins.
    ORIGINS = r"^((((([a-z]+://)?(\*\.)?[-A-Za-z0-9.]*(:[0-9]+)?,?)|null)+)|\*)?$", "`*` or origins like `https://app.example.com`, separated by commas";
    /// The same, before `null` was one.
    ORIGINS_WITHOUT_NULL = r"^(((([a-z]+://)?(\*\.)?[-A-Za-z0-9.]*(:[0-9]+)?,?)+)|\*)?$", "`*` or origins like `https://app.example.com`, separated by commas";
    /// The same, before others than HTTP had any.
    HTTP_ORIGINS = r"^((((https?://)?(\*\.)?[-A-Za-z0-9.]*(:[0-9]+)?,?)+)|\*)?$", "`*` or origins like `https://app.example.com`, separated by commas";
    /// One origin.
    ORIGIN = r"^([a-z]+://(\*\.)?[-A-Za-z0-9.]*(:[0-9]+)?|\*|null)?$", "`*` or an origin like `https://app.example.com`";
    /// The same, before `null` was one.
    ORIGIN_WITHOUT_NULL = r"^([a-z]+://(\*\.)?[-A-Za-z0-9.]*(:[0-9]+)?|\*)?$", "`*` or an origin like `https://app.example.com`";
    /// The same, before others than HTTP had any.
    HTTP_ORIGIN = r"^(https?://(\*\.)?[-A-Za-z0-9.]*(:[0-9]+)?|\*)?$", "`*` or an origin like `https://app.example.com`";
    /// A list of HTTP methods.
    METHODS = r"^([A-Za-z]+,?[\t\n\f\r ]?)+$", "methods of HTTP, separated by commas";
    /// A list of header names, or all.
    EXPOSED_HEADERS = r"^(([-A-Za-z0-9_]+|\*),?[\t\n\f\r ]?)+$", "`*` or names of headers, separated by commas";
    /// A list of error codes. Quirk: a comma counts as a first digit.
    ERROR_CODES = r"^(?:[4,5][0-9]{2},?)*$", "codes from 400 to 599, separated by commas";
    /// A file name, and the name of a FastCGI parameter.
    FILE_NAME = r"^[-A-Za-z0-9._]+$", "a file name of letters, digits and `- . _`";
    /// The value of a FastCGI parameter.
    FASTCGI_VALUE = r"^[-A-Za-z0-9_${}/.]*$", "letters, digits and `- _ $ { } / .`";
    /// A name of letters and digits.
    PLAIN_NAME = r"^[-A-Za-z0-9_]*$", "letters, digits and `- _`";
    /// Change of a cookie domain.
    COOKIE_DOMAIN = r"^(off|[-._~a-zA-Z0-9/:]+[\t\n\f\r ]+[-._~a-zA-Z0-9/:]+)$", "`off` or two domains, separated by a space";
    /// When the next endpoint is tried.
    NEXT_UPSTREAM =
        r"^((error|timeout|invalid_header|http_500|http_502|http_503|http_504|http_403|http_404|http_429|non_idempotent|off)[\t\n\f\r ]?)+$",
        "a list of `error timeout invalid_header http_500 http_502 http_503 http_504 http_403 http_404 http_429 non_idempotent off`";
    /// Ciphers towards the backend.
    BACKEND_CIPHERS = r"^[-A-Za-z0-9+:_!]*$", "ciphers as OpenSSL names them, separated by `:`";
    /// TLS versions towards the backend.
    BACKEND_PROTOCOLS = r"^(TLSv1\.2|TLSv1\.3| )*$", "`TLSv1.2`, `TLSv1.3` or both";
    /// TLS versions towards the backend, while old ones were known.
    OLD_BACKEND_PROTOCOLS = r"^(SSLv2|SSLv3|TLSv1|TLSv1\.1|TLSv1\.2|TLSv1\.3| )*$", "versions from `SSLv2` to `TLSv1.3`";
    /// Ciphers towards the client.
    CIPHERS = r"^(?:(?:[A-Za-z0-9!:+\-_])*(?:@STRENGTH)*(?:@SECLEVEL=[0-5])*(?:@STRENGTH)*)*$", "ciphers as OpenSSL names them, separated by `:`";
    /// The same, before underscores.
    CIPHERS_WITHOUT_UNDERSCORES = r"^(?:(?:[A-Za-z0-9!:+\-])*(?:@STRENGTH)*(?:@SECLEVEL=[0-5])*(?:@STRENGTH)*)*$", "ciphers as OpenSSL names them, separated by `:`";
    /// The same, before strengths.
    CIPHER_NAMES = r"^[A-Za-z0-9!:+\-]*$", "ciphers as OpenSSL names them, separated by `:`";
    /// The common name of a client, before it could be any regular expression.
    COMMON_NAME = r"^CN=[/\-._~a-zA-Z0-9()|=]*$", "`CN=` and letters, digits and `- . _ ~ / ( ) | =`";
    /// A number of seconds. Quirk: anything before the number, or behind a zero, is accepted.
    COOKIE_AGE = r"(^0|-?[1-9][0-9]*$)", "a number of seconds";
    /// The name of a header.
    HEADER_NAME = r"^[a-zA-Z0-9_-]+$", "the name of a header";
    /// The value of a header of the response.
    HEADER_VALUE = r#"^[a-zA-Z0-9_ :;.,\\/"'?!(){}\[\]@<>=\-+*#$&`|~^%]+$"#, "printable ASCII characters";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_patterns_compile_and_accept_their_words() {
        for pattern in patterns::ALL {
            let _ = pattern.is_match("");
            for word in pattern.words {
                assert!(pattern.accepts(word), "{} refuses {word}", pattern.source);
            }
        }
    }

    #[test]
    fn quirks_of_the_controllers_patterns() {
        for (pattern, good, bad) in [
            (&patterns::SIZE, &["0", "8k", "1M", "10\u{212a}"][..], &["", "8kb", "-1", "k", "1.5m", "８k"][..]),
            (&patterns::AUTH_TYPE, &["basic", "xbasicx", "digest"], &["token", "Basic"]),
            (&patterns::METHOD, &["GET"], &["get", "GETx", "GET;", ""]),
            (&patterns::ERROR_CODES, &["", "404,503", "404,,50", ",23", "404503", "499"], &["399", "40", "４０４", "404 503", "404,,500"]),
            (&patterns::COOKIE_AGE, &["0", "00x", "10", "-1", "x10", "10 20"], &["", "forever", "10x"]),
            (&patterns::ORIGINS, &["*", "", "null", "https://a.example,http://*.b:80", "a"], &["https://a/b", "*,https://a", "HTTP://a"]),
            (&patterns::COOKIE_DOMAIN, &["off", "a b", "a\tb"], &["on", "a", "a b c"]),
            (&patterns::ERROR_PAGE, &["@x", "/e.html", "http://e.example:80/x/", ""], &["x y;", "//", "/a?b"]),
            (&patterns::CIPHERS, &["", "ALL:!aNULL:@STRENGTH", "HIGH:@SECLEVEL=2"], &["bad;cipher", "@SECLEVEL=6", "a b"]),
        ] {
            for value in good {
                assert!(pattern.accepts(value), "{} refuses {value:?}", pattern.source);
            }
            for value in bad {
                assert!(!pattern.accepts(value), "{} accepts {value:?}", pattern.source);
            }
        }
    }
}
