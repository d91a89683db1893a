//! What is a credential in a text: passwords, tokens, their hashes, and URLs with a user in them.
//!
//! Reports are posted on pull requests and kept by CI systems. This room is the only one that decides what of a text they must not
//! show; the shape of the text stays, with [`HIDDEN`] in the place of what is secret. It errs on the side of hiding where a name
//! says that its value is secret, and on the side of showing where nothing does.

mod forms;
mod names;
mod requests;
mod values;

use std::borrow::Cow;
use std::ops::Range;

pub use forms::is_hash;
pub use names::is_name;
pub use requests::hide_values;
pub use values::has_name;

/// What stands in the place of a secret.
pub const HIDDEN: &str = "<hidden>";

/// The parts of a text that are secret: in order, and none overlap.
#[must_use]
pub fn ranges(text: &str) -> Vec<Range<usize>> {
    let mut found = forms::ranges(text);
    found.extend(values::ranges(text));
    found.sort_by_key(|range| (range.start, range.end));
    found.dedup_by(|next, kept| {
        let overlap = next.start < kept.end;
        if overlap {
            kept.end = kept.end.max(next.end);
        }
        overlap
    });
    found
}

/// The text without its secrets.
#[must_use]
pub fn hide(text: &str) -> Cow<'_, str> {
    let ranges = ranges(text);
    if ranges.is_empty() {
        return Cow::Borrowed(text);
    }
    let (mut shown, mut at) = (String::with_capacity(text.len()), 0);
    for range in ranges {
        shown.push_str(&text[at..range.start]);
        shown.push_str(HIDDEN);
        at = range.end;
    }
    shown.push_str(&text[at..]);
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_told_from_other_texts() {
        for hash in [
            "$apr1$QvKLTYRf$cWvWYyCYjMGZEwDSVnVnF/",
            "$1$saltsalt$DRLFtHqUzoJ8GLTMyGvIi.",
            "$5$rounds=5000$saltsalt$HASHhash0123456789",
            "$2y$05$c4WoMPo3SXsafkva.HHa6uXQZWr7oboPiC2bT/r7q1BB8I2s0BRqC",
            "{SHA}fEqNCco3Yq9h5ZUglD3CZJT4lBs=",
            "{SSHA}gVK8WC9YyFT1gMsQHTGCgT3sSv5zYWx0",
        ] {
            assert!(is_hash(hash), "{hash}");
            for more in [format!("{hash} more"), format!("bob:{hash}"), format!(" {hash}"), format!("{hash};")] {
                assert!(!is_hash(&more), "{more}");
            }
        }
        for text in ["", "$1$is_args$args", "$apr1$a$b", "{SHA}short", "{SHA}", "a long sentence without anything"] {
            assert!(!is_hash(text), "{text}");
        }
    }

    #[test]
    #[expect(clippy::too_many_lines, reason = "a table")]
    fn credentials_are_hidden_and_the_rest_is_kept() {
        for (text, shown) in [
            // URLs.
            ("auth-url: http://user:pw@auth.example/x", "auth-url: http://<hidden>@auth.example/x"),
            ("https://token@git.example", "https://<hidden>@git.example"),
            ("redis://:pw@cache:6379/0", "redis://<hidden>@cache:6379/0"),
            ("http://u:p@ss@host/", "http://<hidden>@host/"),
            ("http://u:p/ss@host/", "http://<hidden>@host/"),
            // Headers.
            ("Authorization: \"Basic CANARY\"", "Authorization: \"<hidden>\""),
            ("Authorization: Basic CANARY", "Authorization: <hidden>"),
            ("\"Authorization\": \"Bearer x\",", "\"Authorization\": \"<hidden>\","),
            ("proxy-authorization: x", "proxy-authorization: <hidden>"),
            ("Cookie: a=b", "Cookie: <hidden>"),
            ("X-Api-Key: abc", "X-Api-Key: <hidden>"),
            ("X-Auth: abc", "X-Auth: <hidden>"),
            ("X-Auth-Email: abc", "X-Auth-Email: <hidden>"),
            ("X-Key: 5", "X-Key: <hidden>"),
            ("X-Amz-Signature: abc", "X-Amz-Signature: <hidden>"),
            ("X-Csrf-Token: abc", "X-Csrf-Token: <hidden>"),
            // Snippets.
            ("proxy_set_header Authorization \"Basic CANARY\";", "proxy_set_header Authorization \"<hidden>\";"),
            ("proxy_set_header X-Auth-Key abc;", "proxy_set_header X-Auth-Key <hidden>;"),
            ("set $upstream_token abc;", "set $upstream_token <hidden>;"),
            (
                "more_set_input_headers \"Authorization:Basic CANARY\" \"Cookie:a\";",
                "more_set_input_headers \"Authorization:<hidden>\" \"Cookie:<hidden>\";",
            ),
            ("more_set_input_headers 'Authorization: Basic x y';", "more_set_input_headers 'Authorization: <hidden>';"),
            ("fastcgi_param DB_PASSWORD abc;", "fastcgi_param DB_PASSWORD <hidden>;"),
            (
                "if ($http_authorization != \"Basic CANARY-basic-2\") { return 401; }",
                "if ($http_authorization != \"<hidden>\") { return 401; }",
            ),
            ("if ($http_x_token = CANARY) {", "if ($http_x_token = <hidden>) {"),
            ("if ($arg_token !~* ^(a|CANARY)$) {", "if ($arg_token !~* <hidden>)$) {"),
            ("if ($cookie_session = abc)", "if ($cookie_session = <hidden>)"),
            ("http-request set-header Authorization \"Basic CANARY\"", "http-request set-header Authorization \"<hidden>\""),
            // Lua.
            ("if ngx.var.http_x_token ~= \"CANARY\" then", "if ngx.var.http_x_token ~= \"<hidden>\" then"),
            ("if \"CANARY\" == ngx.var.http_x_token then", "if \"<hidden>\" == ngx.var.http_x_token then"),
            ("headers[\"X-Token\"] == 'CANARY'", "headers[\"X-Token\"] == '<hidden>'"),
            ("if token:lower() == \"c\" then", "if token:lower() == \"<hidden>\" then"),
            ("if token == [[CANARY]] then", "if token == [[<hidden>]] then"),
            ("local password = 'x' ngx.say(1)", "local password = '<hidden>' ngx.say(1)"),
            ("ngx.req.set_header(\"Authorization\", \"Basic CANARY\")", "ngx.req.set_header(\"Authorization\", \"<hidden>\")"),
            ("red:auth(\"CANARY\")", "red:auth(\"<hidden>\")"),
            ("local tokens = { \"a\", \"b\" }", "local tokens = { <hidden> }"),
            ("if valid_tokens[\"CANARY\"] then", "if valid_tokens[\"<hidden>\"] then"),
            ("\"a\": \"if ($http_x_token != \\\"C\\\") {\"", "\"a\": \"if ($http_x_token != \\\"<hidden>\\\") {\""),
            ("== \"Basic \" .. \"CANARY\"", "== \"Basic \" .. \"<hidden>\""),
            ("secure_link_md5 \"$uri CANARY\";", "secure_link_md5 \"<hidden>\";"),
            ("SecRule REQUEST_HEADERS:X-Token \"!@streq C\" \"deny\"", "SecRule REQUEST_HEADERS:X-Token \"!@streq <hidden>\" \"deny\""),
            ("token:\n  CANARY", "token:\n  <hidden>"),
            ("- name: DB_PASS\n  # why\n  value: CANARY", "- name: DB_PASS\n  # why\n  value: <hidden>"),
            // Arguments and environment.
            ("- --maxmind-license-key=CANARY", "- --maxmind-license-key=<hidden>"),
            ("- --maxmind-license-key\n- CANARY", "- --maxmind-license-key\n- <hidden>"),
            ("[\"--license-key\", \"CANARY\"]", "[\"--license-key\", \"<hidden>\"]"),
            ("- name: API_TOKEN\n  value: CANARY", "- name: API_TOKEN\n  value: <hidden>"),
            ("{name: API_TOKEN, value: CANARY}", "{name: API_TOKEN, value: <hidden>}"),
            ("\"name\": \"DB_PASS\",\n\"value\": \"CANARY\"", "\"name\": \"DB_PASS\",\n\"value\": \"<hidden>\""),
            ("value: CANARY\n  name: API_TOKEN", "value: <hidden>\n  name: API_TOKEN"),
            ("  memcached-password: abc", "  memcached-password: <hidden>"),
            ("requirepass abc", "requirepass <hidden>"),
            ("ssl-session-ticket-key: abc=", "ssl-session-ticket-key: <hidden>"),
            ("password: 8675309", "password: <hidden>"),
            ("  Authorization: |\n    Basic CANARY\n  b: c", "  Authorization: |\n    <hidden>\n  b: c"),
            ("`X-Api-Key` is `abc`", "`X-Api-Key` is `<hidden>`"),
            // Forms that need no name.
            ("x '$apr1$salt$hashhash';", "x '<hidden>';"),
            ("\"$6$rounds=5000$saltsalt$CANARYhash4\"", "\"<hidden>\""),
            ("$1$salt$CANARY", "<hidden>"),
            ("$5$salt$CANARY", "<hidden>"),
            ("$2a$10$CANARY", "<hidden>"),
            ("$2y$10$CANARY", "<hidden>"),
            ("$y$j9T$salt$CANARY", "<hidden>"),
            ("$7$CU..../....salt$CANARY", "<hidden>"),
            ("$argon2id$v=19$m=65536,t=3,p=4$salt$CANARY", "<hidden>"),
            ("bob:{SHA}CANARY=", "bob:{SHA}<hidden>"),
            ("bob:{SSHA}CANARY=", "bob:{SSHA}<hidden>"),
            ("bob:{SSHA256}CANARY", "bob:{SSHA256}<hidden>"),
            ("bob:{SHA512}CANARY", "bob:{SHA512}<hidden>"),
            ("bob:{PLAIN}two words", "bob:{PLAIN}<hidden>"),
            ("bob:{MD5}CANARY", "bob:{MD5}<hidden>"),
            ("bob:{CRYPT}CANARY", "bob:{CRYPT}<hidden>"),
            ("x \"Bearer abcdefgh\";", "x \"Bearer <hidden>\";"),
            ("it sends Basic dXNlcjpwYXNz to them", "it sends Basic <hidden> to them"),
            ("x eyJhbGciOi.eyJzdWIiOi.abc y", "x <hidden> y"),
            ("AKIAIOSFODNN7EXAMPLE", "<hidden>"),
            ("-----BEGIN EC PRIVATE KEY-----\nabc\n-----END EC PRIVATE KEY-----\nx", "<hidden>\nx"),
        ] {
            assert_eq!(hide(text), shown, "{text}");
            assert_eq!(hide(shown), shown, "what is hidden stays as it is");
        }
    }

    #[test]
    fn what_is_no_credential_is_shown() {
        for text in [
            "nginx.ingress.kubernetes.io/auth-secret: users",
            "nginx.ingress.kubernetes.io/auth-secret-type: auth-map",
            "nginx.ingress.kubernetes.io/auth-tls-secret: shop/clients",
            "nginx.ingress.kubernetes.io/proxy-ssl-secret: shop/tls",
            "nginx.ingress.kubernetes.io/session-cookie-name: route",
            "nginx.ingress.kubernetes.io/session-cookie-path: /",
            "nginx.ingress.kubernetes.io/session-cookie-max-age: \"5\"",
            "nginx.ingress.kubernetes.io/affinity: cookie",
            "nginx.ingress.kubernetes.io/auth-url: http://auth.example:8080/a@b",
            "nginx.ingress.kubernetes.io/auth-cache-key: $remote_user",
            "nginx.ingress.kubernetes.io/proxy-cookie-path: / /x",
            "secretName: shop-tls",
            "secret:\n  secretName: shop-tls",
            "imagePullSecrets: [{name: registry}]",
            "automountServiceAccountToken: false",
            "sessionAffinity: ClientIP",
            "the Secret `shop/users` is not there",
            "there is no Secret `shop/users-secret`: its paths answer 503",
            "the webhook refuses Ingress `login-token`: host `a` is taken",
            "of basic authentication only the first line counts",
            "Basic Auth and Bearer tokens",
            "proxy_set_header Host $best_http_host;",
            "proxy_set_header Authorization $http_authorization;",
            "proxy_set_header Authorization \"\";",
            "proxy_cookie_path / /x;",
            "auth_basic \"members only\";",
            "more_set_headers \"X-Frame-Options: DENY\";",
            "return 301 https://a.example:8443/x;",
            "rewrite ^/(a)/(b)$ /$1/$2 break;",
            "return 301 $1$is_args$args;",
            "ssl_session_tickets off;",
            "auth_request_set $auth_cookie $upstream_http_set_cookie;",
            "proxy_pass http://$proxy_upstream_name;",
            "local token = ngx.var.http_x_token",
            "if token == nil then",
            "host: '*.shop.example'",
            "ssl_certificate_key /etc/ingress-controller/ssl/a.pem;",
            "http://$user:$password@host/",
            "{PORT}/x",
        ] {
            assert_eq!(hide(text), text);
        }
    }

    #[test]
    fn long_texts_cost_no_more_than_their_length() {
        for piece in ["token: ", "token=[", "token ", "key ", "//", "$1$a", "name: x\n", "\" ", "`token` is "] {
            let begin = std::time::Instant::now();
            let _ = ranges(&piece.repeat(100_000 / piece.len()));
            // With the square of the length it would be minutes.
            assert!(begin.elapsed() < std::time::Duration::from_secs(20), "{piece}");
        }
    }
}
