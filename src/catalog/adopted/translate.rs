//! From the value of another controller's annotation to annotations of ingress-nginx.

use super::{Dialect, Meaning, Pairs, Row};
use crate::catalog::features;
use crate::catalog::value;
use crate::catalog::version::Version;

/// An annotation of ingress-nginx, without the prefix, and its value.
pub type Written = (&'static str, String);

/// What an annotation means in other words.
#[derive(Debug, PartialEq, Eq)]
pub struct Found {
    /// The annotations that say it; none: it says what holds anyway, or is read together with another one.
    pub written: Vec<Written>,
    /// What those who look closely can tell; empty: nothing.
    pub difference: &'static str,
}

/// Why an annotation cannot be said in other words.
#[derive(Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The value is none that it can have.
    Bad(String),
    /// Nothing means the same.
    Lost(String),
}

/// Where an annotation stands.
struct Around<'a> {
    namespace: &'a str,
    /// The other annotations of the controller on the same object, by name.
    sibling: &'a dyn Fn(&str) -> Option<&'a str>,
}

impl Dialect {
    /// What an annotation means, which stands in a namespace beside others of the controller.
    ///
    /// # Errors
    ///
    /// Nothing means the same, or the annotation that does would not take the value.
    pub fn translate<'a>(
        &self,
        row: &Row,
        value: &str,
        version: Version,
        namespace: &'a str,
        sibling: &'a dyn Fn(&str) -> Option<&'a str>,
    ) -> Result<Found, Trouble> {
        if let Some((needed, reason)) = row.unless
            && sibling(needed).is_none()
        {
            return Err(Trouble::Lost(format!("without `{needed}` {reason}")));
        }
        let around = Around { namespace, sibling };
        let mut written = row.meaning.say(value.trim(), &around)?;
        written.extend(said(row.implied));
        for (name, value) in &written {
            check(name, value, version)?;
        }
        Ok(Found { written, difference: row.difference })
    }
}

/// The same check as that of the annotation which is written.
fn check(name: &str, value: &str, version: Version) -> Result<(), Trouble> {
    let Some(spec) = features::find(name) else { return Err(Trouble::Lost(format!("there is no `{name}`"))) };
    if !spec.is_known_to(version) {
        return Err(Trouble::Lost(format!("ingress-nginx {version} has no `{name}`")));
    }
    if value.is_empty() || !spec.accepts(value, version) {
        return Err(Trouble::Bad(format!("`{name}`, which says the same, must be {}", spec.check_in(version).expected())));
    }
    Ok(())
}

fn said(pairs: Pairs) -> Vec<Written> {
    pairs.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()
}

impl Meaning {
    fn say(&self, value: &str, around: &Around) -> Result<Vec<Written>, Trouble> {
        match self {
            Self::Same(names) => Ok(names.iter().map(|name| (*name, value.to_owned())).collect()),
            Self::List(name) => Ok(vec![(name, items(value).join(","))]),
            Self::Seconds(names) => {
                let seconds = seconds(value)?;
                Ok(names.iter().map(|name| (*name, seconds.to_string())).collect())
            }
            Self::Web(name) if value.starts_with("http://") || value.starts_with("https://") => Ok(vec![(name, value.to_owned())]),
            Self::Web(_) => Err(Trouble::Lost(String::from("only services at `http://` or `https://` can be asked"))),
            Self::Secret(name) if value.is_empty() || value.contains('/') => Ok(vec![(name, value.to_owned())]),
            Self::Secret(name) => Ok(vec![(name, format!("{}/{value}", around.namespace))]),
            Self::Switch(on, off) => match value::parse_bool(value) {
                Some(true) => Ok(said(on)),
                Some(false) => Ok(said(off)),
                None => Err(Trouble::Bad(String::from("it must be `true` or `false`"))),
            },
            Self::Words(words) => match words.iter().find(|(word, _)| *word == value) {
                Some((_, pairs)) => Ok(said(pairs)),
                None => {
                    let known: Vec<String> = words.iter().map(|(word, _)| format!("`{word}`")).collect();
                    Err(Trouble::Lost(format!("only {} can be said in other words", known.join(", "))))
                }
            },
            Self::WordOrSame(name, (word, meant)) => Ok(vec![(name, String::from(if value == *word { meant } else { value }))]),
            Self::Rate { period } => rate(value, (around.sibling)(period).unwrap_or("1s")),
            Self::Redirect { code } => redirect(value, (around.sibling)(code).unwrap_or("302")),
            Self::Beside(name) if (around.sibling)(name).is_some() => Ok(Vec::new()),
            Self::Beside(name) => Err(Trouble::Lost(format!("it has no effect without `{name}`"))),
            Self::Nothing(reason) => Err(Trouble::Lost((*reason).to_owned())),
        }
    }
}

/// The items of a list.
fn items(value: &str) -> Vec<&str> {
    value.split(|letter: char| letter == ',' || letter.is_whitespace()).filter(|item| !item.is_empty()).collect()
}

/// A time of HAProxy in milliseconds; none where it is no time. Quirk: a number without a unit is one of milliseconds.
fn milliseconds(value: &str) -> Option<u64> {
    let digits = value.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(value.len());
    let (number, unit) = value.split_at(digits);
    let number: u64 = number.parse().ok()?;
    let factor = match unit {
        "us" => return number.is_multiple_of(1000).then_some(number / 1000),
        "" | "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    number.checked_mul(factor)
}

fn seconds(value: &str) -> Result<u64, Trouble> {
    let bad = || Trouble::Bad(String::from("it must be a time like `30s`"));
    match milliseconds(value).ok_or_else(bad)? {
        0 => Err(Trouble::Lost(String::from("there is always a limit to this time"))),
        time if time.is_multiple_of(1000) => Ok(time / 1000),
        _ => Err(Trouble::Lost(String::from("times are whole seconds"))),
    }
}

/// So many requests in a period, of which the first ones may come all at once.
fn rate(value: &str, period: &str) -> Result<Vec<Written>, Trouble> {
    let requests = value.parse::<u64>().ok().filter(|number| *number > 0);
    let requests = requests.ok_or_else(|| Trouble::Bad(String::from("it must be a number of requests above 0")))?;
    let period = seconds(period.trim())?;
    let (name, rate, burst) = if requests.is_multiple_of(period) {
        ("limit-rps", requests / period, period)
    } else if requests.checked_mul(60).is_some_and(|number| number.is_multiple_of(period)) {
        ("limit-rpm", requests * 60 / period, period.div_ceil(60))
    } else {
        return Err(Trouble::Lost(String::from("limits are whole numbers of requests in a second or in a minute")));
    };
    Ok(vec![(name, rate.to_string()), ("limit-burst-multiplier", burst.to_string())])
}

fn redirect(url: &str, code: &str) -> Result<Vec<Written>, Trouble> {
    let (name, code_name) = match code.trim() {
        "301" | "308" => ("permanent-redirect", "permanent-redirect-code"),
        "302" | "303" | "307" => ("temporal-redirect", "temporal-redirect-code"),
        _ => return Err(Trouble::Bad(String::from("the status of a redirect must be 301, 302, 303, 307 or 308"))),
    };
    let mut written = vec![(name, url.to_owned())];
    if !matches!(code.trim(), "301" | "302") {
        written.push((code_name, code.trim().to_owned()));
    }
    Ok(written)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::adopted::find;
    use crate::catalog::releases::LATEST;

    /// What the first of some annotations comes to, as one line.
    fn told(dialect: &str, annotations: &[(&str, &str)]) -> String {
        let dialect = find(dialect).expect("the test names a dialect");
        let row = dialect.row(annotations[0].0).expect("the test names an annotation");
        let sibling = |name: &str| annotations.iter().find(|(other, _)| *other == name).map(|(_, value)| *value);
        match dialect.translate(row, annotations[0].1, LATEST, "shop", &sibling) {
            Ok(found) => found.written.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" "),
            Err(Trouble::Bad(_)) => String::from("bad"),
            Err(Trouble::Lost(_)) => String::from("lost"),
        }
    }

    #[test]
    fn values_of_haproxys_own_controller() {
        let cases: &[(&[(&str, &str)], &str)] = &[
            (&[("allow-list", "10.0.0.0/8, 192.0.2.1")], "allowlist-source-range=10.0.0.0/8,192.0.2.1"),
            (&[("whitelist", "::1\n10.0.0.1")], "allowlist-source-range=::1,10.0.0.1"),
            (&[("allow-list", "patterns/office")], "bad"),
            (&[("allow-list", "")], "bad"),
            (&[("auth-type", "basic-auth")], "auth-type=basic"),
            (&[("auth-type", "basic")], "lost"),
            (&[("auth-secret", "users")], "auth-secret=users auth-secret-type=auth-map"),
            (&[("timeout-server", "30s")], "proxy-read-timeout=30 proxy-send-timeout=30"),
            (&[("timeout-server", "5000")], "proxy-read-timeout=5 proxy-send-timeout=5"),
            (&[("timeout-server", "2m")], "proxy-read-timeout=120 proxy-send-timeout=120"),
            (&[("timeout-server", "1500ms")], "lost"),
            (&[("timeout-server", "0")], "lost"),
            (&[("timeout-server", "30 s")], "bad"),
            (&[("timeout-server", "99999999999999999999s")], "bad"),
            (&[("timeout-server", "99999999999999999d")], "bad"),
            (&[("server-ssl", "true")], "backend-protocol=HTTPS"),
            (&[("server-ssl", "yes")], "bad"),
            (&[("ssl-redirect", "false")], "ssl-redirect=false"),
            (&[("ssl-redirect-code", "308")], ""),
            (&[("ssl-redirect-code", "302")], "lost"),
            (&[("rate-limit-requests", "20")], "limit-rps=20 limit-burst-multiplier=1"),
            (&[("rate-limit-requests", "20"), ("rate-limit-period", "10s")], "limit-rps=2 limit-burst-multiplier=10"),
            (&[("rate-limit-requests", "20"), ("rate-limit-period", "1m")], "limit-rpm=20 limit-burst-multiplier=1"),
            (&[("rate-limit-requests", "7"), ("rate-limit-period", "11s")], "lost"),
            (&[("rate-limit-requests", "0")], "bad"),
            (&[("rate-limit-requests", "18446744073709551615"), ("rate-limit-period", "7s")], "lost"),
            (&[("rate-limit-period", "1m")], "lost"),
            (&[("cors-allow-origin", "^https://(a|b)\\.example$")], "bad"),
            (&[("cors-max-age", "10m")], "cors-max-age=600"),
            (&[("load-balance", "leastconn")], "lost"),
            (&[("load-balance", "source")], "upstream-hash-by=$remote_addr"),
        ];
        for (annotations, expected) in cases {
            assert_eq!(told("haproxy.org", annotations), *expected, "{annotations:?}");
        }
    }

    #[test]
    fn values_of_haproxy_ingress() {
        let cases: &[(&[(&str, &str)], &str)] = &[
            (&[("allowlist-source-range", "10.0.0.0/8,!10.1.0.0/16")], "bad"),
            (&[("auth-secret", "users")], "auth-secret=users auth-type=basic"),
            (&[("auth-url", "http://auth.example.com/check")], "lost"),
            (
                &[("auth-url", "http://auth.example.com/check"), ("auth-headers-succeed", "X-User")],
                "auth-url=http://auth.example.com/check",
            ),
            (&[("auth-url", "svc://auth:80/check"), ("auth-headers-succeed", "X-User")], "lost"),
            (&[("auth-headers-succeed", "X-User, X-Group")], "auth-response-headers=X-User,X-Group"),
            (&[("auth-headers-succeed", "*")], "bad"),
            (&[("auth-tls-secret", "ca")], "auth-tls-secret=shop/ca"),
            (&[("auth-tls-secret", "web/ca")], "auth-tls-secret=web/ca"),
            (&[("limit-rps", "5")], "limit-rps=5 limit-burst-multiplier=1"),
            (&[("proxy-body-size", "unlimited")], "proxy-body-size=0"),
            (&[("proxy-body-size", "8m")], "proxy-body-size=8m"),
            (&[("secure-backends", "false")], ""),
            (&[("backend-protocol", "h2-ssl")], "backend-protocol=GRPCS"),
            (&[("backend-protocol", "fcgi")], "lost"),
            (&[("redirect-to", "https://a.example/b")], "temporal-redirect=https://a.example/b"),
            (&[("redirect-to", "https://a.example/b"), ("redirect-to-code", "301")], "permanent-redirect=https://a.example/b"),
            (&[("redirect-to", "https://a.example/b"), ("redirect-to-code", "200")], "bad"),
            (&[("path-type", "exact")], "lost"),
            (&[("waf", "modsecurity")], "lost"),
        ];
        for (annotations, expected) in cases {
            assert_eq!(told("haproxy-ingress.github.io", annotations), *expected, "{annotations:?}");
        }
    }
}
