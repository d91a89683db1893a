//! Whether the proxy knows whom it sends requests to: the certificate of the backend.

use super::Judgement;
use super::lines::lines;
use super::route::Route;
use super::shift::Shift;
use super::tls::{self, Offer};

pub(super) fn compare<'a>(before: &Route<'_, 'a>, after: &Route<'_, 'a>) -> Vec<Judgement> {
    let is_on = |route: &Route<'_, '_>| route.value("proxy_ssl_verify", "off") == "on";
    let (was, is) = (is_on(before), is_on(after));
    let judge = |name: &str, shift: Shift, message: String| {
        let verdict = shift.verdict(was, is);
        verdict.map(|_| Judgement::new("backend", verdict, message, [lines(before.inside_host(name)), lines(after.inside_host(name))]))
    };
    let mut found = Vec::new();
    if was != is {
        let message = if is { "certificate of the backend is checked" } else { "certificate of the backend is no longer checked" };
        const NAMES: [&str; 3] = ["proxy_ssl_verify", "proxy_ssl_trusted_certificate", "proxy_ssl_verify_depth"];
        let of_side = |route: &Route<'_, '_>| lines(NAMES.iter().flat_map(|name| route.inside_host(name)));
        let verdict = Shift::falling(&was, &is).verdict(was, is);
        found.push(Judgement::new("backend", verdict, message, [of_side(before), of_side(after)]));
    }
    if was && is {
        let [old, new] = [before, after].map(|route| route.value("proxy_ssl_verify_depth", "1"));
        let depths = old.parse::<u32>().ok().zip(new.parse::<u32>().ok());
        let depth = depths.map_or(Shift::unranked(&old, &new), |(old, new)| Shift::rising(&old, &new));
        found.extend(judge(
            "proxy_ssl_verify_depth",
            depth,
            format!("length of chains of the backend's certificate changed from {old} to {new}"),
        ));
        for (name, message) in [
            ("proxy_ssl_trusted_certificate", "authorities for the backend's certificate are others"),
            ("proxy_ssl_name", "name that the backend's certificate must have is another one"),
            ("proxy_ssl_crl", "revoked certificates of backends are others"),
        ] {
            let value = |route: &Route<'_, '_>| route.value(name, "").into_owned();
            found.extend(judge(name, Shift::unranked(&value(before), &value(after)), message.to_owned()));
        }
    }
    for offer in [Offer::protocols("proxy_ssl_protocols"), Offer::ciphers("proxy_ssl_ciphers")] {
        found.extend(tls::offered(&offer, before, after, "backend"));
    }
    found
}
