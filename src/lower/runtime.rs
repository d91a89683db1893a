//! What follows from the machine, the pod and the arguments: the facts of the process, and the sizes that nginx needs for them.

use std::net::{IpAddr, Ipv4Addr};

use super::world::{Environment, World};
use crate::ir::{Runtime, Server, Settings};

impl Default for Environment {
    /// A pod as one often finds it: four processors, the limits that containerd and Linux set, the name server that kubeadm starts,
    /// and the namespace that the installation guide uses.
    fn default() -> Self {
        Self {
            processors: 4,
            open_files: 1_048_576,
            somaxconn: 4096,
            ipv6: true,
            resolvers: vec![IpAddr::V4(Ipv4Addr::new(10, 96, 0, 10))],
            pod_namespace: String::from("ingress-nginx"),
            pod_name: String::from("ingress-nginx-controller"),
            node_zone: String::new(),
            nginx: None,
        }
    }
}

/// The facts of the machine and of the process.
pub(super) fn runtime(world: &World) -> Runtime {
    let flags = &world.controller.flags;
    let environment = &world.controller.environment;
    Runtime {
        http_port: flags.http_port,
        https_port: flags.https_port,
        tls_proxy_port: flags.ssl_passthrough_proxy_port,
        default_port: flags.default_server_port,
        status_port: flags.status_port,
        stream_port: flags.stream_port,
        health_path: flags.health_check_path.clone(),
        backlog: backlog(environment.somaxconn),
        ipv6: environment.ipv6 && !world.settings.listening.disable_ipv6,
        resolvers: environment.resolvers.clone(),
        tls_passthrough: flags.enable_ssl_passthrough,
        metrics: flags.enable_metrics,
        metrics_batch: flags.monitor_max_batch_size,
        geo_databases: geo_databases(&flags.maxmind_edition_ids, world.settings.geo.enabled),
    }
}

/// Fills the sizes that nginx cannot find out itself: limits of the workers, and the table of host names.
pub(super) fn derive(settings: &mut Settings, servers: &[Server], environment: &Environment) {
    let process = &mut settings.process;
    if process.max_open_files == 0 {
        // The controller leaves some files to the master process.
        process.max_open_files = environment.open_files.saturating_sub(1024).max(1024);
    }
    if process.max_connections == 0 {
        process.max_connections = process.max_open_files.wrapping_mul(3) / 4;
    }
    let (longest, total) = name_lengths(servers);
    let tables = &mut settings.tables;
    tables.server_name_bucket = tables.server_name_bucket.max(bucket_size(longest));
    tables.server_name_max = tables.server_name_max.max(next_power_of_two(total));
}

/// Linux cuts a longer accept queue; below 512 the controller keeps to the default of nginx.
fn backlog(somaxconn: i64) -> i64 {
    if somaxconn < 512 { 511 } else { somaxconn }
}

fn geo_databases(editions: &str, enabled: bool) -> Vec<String> {
    if enabled { editions.split(',').map(|edition| format!("{edition}.mmdb")).collect() } else { Vec::new() }
}

/// The longest name of a host, and the length of all. Quirk: aliases count for the longest only, and a redirect between a host and
/// its twin as if the twin were always the longer one.
fn name_lengths(servers: &[Server]) -> (i64, i64) {
    let length = |name: &str| i64::try_from(name.len()).unwrap_or(i64::MAX);
    let (mut longest, mut total) = (0, 0);
    for server in servers {
        let own = length(&server.hostname) + if server.redirect_twin { length("www.") } else { 0 };
        longest = server.aliases.iter().map(|alias| length(alias)).fold(longest.max(own), i64::max);
        total += own;
    }
    (longest, total)
}

/// Bytes of a bucket that holds one name: two words, and the name with its length in whole words.
fn bucket_size(longest: i64) -> i64 {
    const WORD: i64 = 8;
    let name = (longest + 2 + WORD - 1) & !(WORD - 1);
    next_power_of_two(2 * WORD + name)
}

/// The power of two that is not smaller; zero for zero.
fn next_power_of_two(value: i64) -> i64 {
    let value = u64::try_from(value).unwrap_or_default();
    if value == 0 { 0 } else { value.checked_next_power_of_two().and_then(|power| i64::try_from(power).ok()).unwrap_or(i64::MAX) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(hostname: &str, aliases: &[&str], redirect_twin: bool) -> Server {
        let aliases = aliases.iter().map(|alias| (*alias).to_owned()).collect();
        Server { hostname: hostname.into(), aliases, redirect_twin, ..Server::default() }
    }

    fn derived(change: impl FnOnce(&mut Settings), servers: &[Server], open_files: i64) -> Settings {
        let mut settings = Settings::default();
        change(&mut settings);
        derive(&mut settings, servers, &Environment { open_files, ..Environment::default() });
        settings
    }

    #[test]
    fn workers_get_the_files_of_the_pod() {
        for (open_files, expected) in [(65_536, 64_512), (2_048, 1_024), (100, 1_024), (-1, 1_024), (i64::MIN, 1_024)] {
            assert_eq!(derived(|_| (), &[], open_files).process.max_open_files, expected, "{open_files}");
        }
        assert_eq!(derived(|settings| settings.process.max_open_files = 77, &[], 65_536).process.max_open_files, 77);
    }

    #[test]
    fn connections_without_a_number_are_three_quarters_of_the_files() {
        let settings = derived(|settings| settings.process.max_connections = 0, &[], 9_126);
        assert_eq!(settings.process.max_connections, 6_076);
        assert_eq!(derived(|_| (), &[], 9_126).process.max_connections, 16_384);
    }

    #[test]
    fn long_names_need_larger_buckets() {
        let bucket = |name: &str, aliases: &[&str], twin| derived(|_| (), &[server(name, aliases, twin)], 0).tables.server_name_bucket;
        assert_eq!(bucket("_", &[], false), 32);
        assert_eq!(bucket(&"x".repeat(14), &[], false), 32);
        assert_eq!(bucket(&"x".repeat(15), &[], false), 64);
        assert_eq!(bucket(&"x".repeat(46), &[], false), 64);
        assert_eq!(bucket(&"x".repeat(43), &[], true), 128);
        assert_eq!(bucket("short", &[&"x".repeat(120)], false), 256);
        let set = derived(|settings| settings.tables.server_name_bucket = 512, &[server("short", &[], false)], 0);
        assert_eq!(set.tables.server_name_bucket, 512);
    }

    #[test]
    fn many_names_need_a_larger_table() {
        let servers: Vec<Server> =
            (0..100).map(|number| server(&format!("host-{number:02}.shop.example"), &["ignored.example"], false)).collect();
        assert_eq!(derived(|_| (), &servers, 0).tables.server_name_max, 2_048);
        assert_eq!(derived(|_| (), &servers[..10], 0).tables.server_name_max, 1_024);
        assert_eq!(derived(|settings| settings.tables.server_name_max = 4_000, &servers, 0).tables.server_name_max, 4_000);
    }

    #[test]
    fn powers_of_two_have_edges() {
        for (value, power) in [(-5, 0), (0, 0), (1, 1), (2, 2), (3, 4), (1024, 1024), (1025, 2048), (i64::MAX, i64::MAX)] {
            assert_eq!(next_power_of_two(value), power, "{value}");
        }
    }

    #[test]
    fn short_accept_queues_are_not_asked_for() {
        for (somaxconn, expected) in [(0, 511), (128, 511), (511, 511), (512, 512), (8_192, 8_192)] {
            assert_eq!(backlog(somaxconn), expected);
        }
    }

    #[test]
    fn databases_are_files_of_the_editions() {
        assert_eq!(geo_databases("GeoLite2-Country,Acme", true), ["GeoLite2-Country.mmdb", "Acme.mmdb"]);
        assert!(geo_databases("GeoLite2-Country", false).is_empty());
    }
}
