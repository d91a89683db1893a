//! The address of the client, behind those that are believed.

use std::net::{IpAddr, Ipv4Addr};

use ipnet::IpNet;

use super::Run;
use crate::route::model::is_in;

impl Run<'_, '_> {
    /// Takes the address of the client from a header, where the connection comes from somebody who is believed.
    ///
    /// Source: `ngx_http_realip_handler`.
    pub(super) fn find_client(&mut self) {
        let real_ip = &*self.level.real_ip;
        let is_found = self.client.is_some_and(|client| self.request.is_from_anywhere || client != self.request.client);
        if real_ip.from.is_empty() || is_found {
            return;
        }
        let header = real_ip.header.as_deref().unwrap_or("X-Real-IP");
        let list = match header.to_ascii_lowercase().as_str() {
            // The address in front of the connection is the one that was given.
            "proxy_protocol" => return,
            name => self.request.headers(name).map(str::to_owned).collect::<Vec<_>>().join(","),
        };
        let is_list = header.eq_ignore_ascii_case("X-Forwarded-For");
        let is_listed = |address: IpAddr| real_ip.from.iter().any(|network| is_in(network, address));
        let first = self.request.client;
        let is_proxy = match self.client {
            Some(client) => is_listed(client),
            // Without an address in the header nothing depends on it.
            None if walk(&list, first, |_| true, false) == first => return,
            None => real_ip.from.iter().any(|network| network.prefix_len() == 0) || self.comes_from_proxy(),
        };
        let is_believed = |address: IpAddr| if address == first { is_proxy } else { is_listed(address) };
        let found = walk(&list, first, is_believed, real_ip.is_recursive == Some(true) && is_list);
        if found != first {
            self.client = Some(found);
            self.step(|| format!("the address of the client is {found}, by `{header}`"), None);
        }
    }

    /// Whether the connection comes from somebody who is believed, where nobody says where it comes from.
    fn comes_from_proxy(&mut self) -> bool {
        self.client_is_open();
        self.oracle.choose(&["the connection comes from a proxy that is believed", "the connection comes from no proxy that is believed"])
            == 0
    }

    /// Notes that the address of the client has a part in the answer, and that nobody says which one it is.
    pub(super) fn client_is_open(&mut self) {
        self.not_known("the address of the client, as none is given (`--client-ip`)");
    }

    /// The address behind those of some proxies, by the forwarded addresses of a request.
    pub(super) fn behind(&self, address: IpAddr, proxies: &[IpNet], is_recursive: bool) -> IpAddr {
        let is_proxy = |address: IpAddr| proxies.iter().any(|network| is_in(network, address));
        if !proxies.is_empty() {
            self.look(|looks| looks.add_header("x-forwarded-for"));
        }
        let list = self.request.headers("x-forwarded-for").collect::<Vec<_>>().join(",");
        if proxies.is_empty() { address } else { walk(&list, address, is_proxy, is_recursive) }
    }
}

/// Networks for a sentence, with the number of those that are left out.
pub(super) fn listed(networks: &[IpNet]) -> String {
    const SHOWN: usize = 4;
    // To say that there is one more takes no less room than to name it.
    let shown = if networks.len() == SHOWN + 1 { networks.len() } else { SHOWN.min(networks.len()) };
    let mut names: Vec<String> = networks[..shown].iter().map(ToString::to_string).collect();
    if shown < networks.len() {
        names.push(format!("{} more", networks.len() - shown));
    }
    match names.pop() {
        Some(last) if !names.is_empty() => format!("{} or {last}", names.join(", ")),
        last => last.unwrap_or_default(),
    }
}

/// Walks a list of addresses from its end, as long as the last one is believed.
///
/// Source: `ngx_http_get_forwarded_addr_internal`.
fn walk(list: &str, from: IpAddr, is_believed: impl Fn(IpAddr) -> bool, is_recursive: bool) -> IpAddr {
    let mut address = from;
    for entry in list.split([',', ' ']).rev().filter(|entry| !entry.is_empty()) {
        if !is_believed(address) {
            break;
        }
        let Some(next) = parsed(entry) else { break };
        address = next;
        if !is_recursive {
            break;
        }
    }
    address
}

/// An address with or without a port.
fn parsed(text: &str) -> Option<IpAddr> {
    let bare = match text.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None if text.matches(':').count() == 1 => text.split(':').next().unwrap_or_default(),
        None => text,
    };
    bare.parse().ok().or_else(|| octets(bare))
}

/// An address of IPv4 whose numbers may begin with zeros, as nginx reads them.
fn octets(text: &str) -> Option<IpAddr> {
    let mut numbers = text.split('.').map(|number| {
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| number.trim_start_matches('0')).and_then(|number| if number.is_empty() { Some(0) } else { number.parse().ok() })
    });
    let mut next = || numbers.next().flatten();
    let address = Ipv4Addr::new(next()?, next()?, next()?, next()?);
    numbers.next().is_none().then_some(IpAddr::V4(address))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_from_behind_those_believed() {
        let proxy: IpNet = "10.0.0.0/8".parse().expect("it is one");
        let is_believed = |address: IpAddr| proxy.contains(&address);
        for (list, from, is_recursive, expected) in [
            ("203.0.113.9", "10.0.0.1", true, "203.0.113.9"),
            ("203.0.113.9, 10.0.0.2", "10.0.0.1", true, "203.0.113.9"),
            ("203.0.113.9, 10.0.0.2", "10.0.0.1", false, "10.0.0.2"),
            ("203.0.113.9", "192.0.2.1", true, "192.0.2.1"),
            ("192.0.2.007", "10.0.0.1", true, "192.0.2.7"),
            ("192.0.2.1.1", "10.0.0.1", true, "10.0.0.1"),
            ("203.0.113.9:1234", "10.0.0.1", true, "203.0.113.9"),
            ("x, 10.0.0.3", "10.0.0.1", true, "10.0.0.3"),
            ("", "10.0.0.1", true, "10.0.0.1"),
        ] {
            let found = walk(list, from.parse().expect("it is one"), is_believed, is_recursive);
            assert_eq!(found.to_string(), expected, "{list}");
        }
    }
}
