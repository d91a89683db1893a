//! The worker processes and the sizes of their tables.

use std::net::IpAddr;

use super::{Group, Reading, decode, flag, list, number, text};
use crate::ir::Settings;

pub(super) static GROUP: Group = Group {
    name: "process",
    doc: "The worker processes and the sizes of their tables.",
    settings: &[
        text("worker-processes", |s| &mut s.process.workers, "Number of worker processes; `auto` is one for each processor.")
            .governs(&["worker_processes"])
            .read_by(worker_processes),
        text(
            "worker-cpu-affinity",
            |s| &mut s.process.cpu_affinity,
            "Processors that the workers are bound to, as nginx writes masks, or `auto`.",
        )
        .governs(&["worker_cpu_affinity"]),
        text(
            "worker-shutdown-timeout",
            |s| &mut s.process.shutdown_timeout,
            "How long old workers may finish their connections after a reload.",
        )
        .governs(&["worker_shutdown_timeout"]),
        flag(
            "enable-serial-reloads",
            |s| &mut s.process.serial_reloads,
            "Wait with the next reload until the workers of the last one are gone.",
        )
        .read_by(serial_reloads)
        .since(1, 11, 0),
        number(
            "max-worker-connections",
            |s| &mut s.process.max_connections,
            "Connections of one worker at the same time; 0 is three quarters of its open files.",
        )
        .governs(&["worker_connections"]),
        number(
            "max-worker-open-files",
            |s| &mut s.process.max_open_files,
            "Files that one worker may open; 0 is the limit of the pod without 1024.",
        )
        .governs(&["worker_rlimit_nofile"]),
        flag("enable-multi-accept", |s| &mut s.process.multi_accept, "Accept all waiting connections at once.").governs(&["multi_accept"]),
        flag("enable-aio-write", |s| &mut s.process.aio_write, "Write temporary files in threads.").governs(&["aio_write"]),
        flag("reuse-port", |s| &mut s.process.reuse_port, "Give each worker a listening socket of its own.").governs(&["listen"]),
        list("debug-connections", |s| &mut s.process.debug_connections, "Addresses and networks whose connections are logged in detail.")
            .governs(&["debug_connection"])
            .read_by(debug_connections),
        number("map-hash-bucket-size", |s| &mut s.tables.map_bucket, "Bytes of a bucket in the tables of maps.")
            .governs(&["map_hash_bucket_size"]),
        number(
            "server-name-hash-max-size",
            |s| &mut s.tables.server_name_max,
            "Buckets in the table of host names; raised when the names need more.",
        )
        .governs(&["server_names_hash_max_size"]),
        number(
            "server-name-hash-bucket-size",
            |s| &mut s.tables.server_name_bucket,
            "Bytes of a bucket in the table of host names; raised when a name needs more.",
        )
        .governs(&["server_names_hash_bucket_size"]),
        number("proxy-headers-hash-max-size", |s| &mut s.tables.header_max, "Buckets in the tables of headers for backends.")
            .governs(&["proxy_headers_hash_max_size"]),
        number(
            "proxy-headers-hash-bucket-size",
            |s| &mut s.tables.header_bucket,
            "Bytes of a bucket in the tables of headers for backends.",
        )
        .governs(&["proxy_headers_hash_bucket_size"]),
        number("variables-hash-bucket-size", |s| &mut s.tables.variable_bucket, "Bytes of a bucket in the table of variables.")
            .governs(&["variables_hash_bucket_size"]),
        number("variables-hash-max-size", |s| &mut s.tables.variable_max, "Buckets in the table of variables.")
            .governs(&["variables_hash_max_size"]),
    ],
};

/// `auto` is the number of processors; anything else goes to nginx unchecked.
fn worker_processes(settings: &mut Settings, reading: &mut Reading) {
    settings.process.workers = if reading.text == "auto" { reading.processors.to_string() } else { reading.text.to_owned() };
}

fn serial_reloads(settings: &mut Settings, reading: &mut Reading) {
    settings.process.serial_reloads = match decode::boolean(reading.text) {
        Ok(value) => value,
        Err(error) => {
            reading.refuse(error.to_string(), "false");
            false
        }
    };
}

fn debug_connections(settings: &mut Settings, reading: &mut Reading) {
    let (good, bad): (Vec<_>, Vec<_>) = reading.items().into_iter().partition(|item| is_address_or_network(item));
    settings.process.debug_connections = good;
    for item in bad {
        reading.refuse_item(format!("{} is neither an address nor a network", decode::quoted(&item)));
    }
}

fn is_address_or_network(text: &str) -> bool {
    let Some((address, length)) = text.split_once('/') else {
        return text.parse::<IpAddr>().is_ok();
    };
    let longest = match address.parse() {
        Ok(IpAddr::V4(_)) => 32,
        Ok(IpAddr::V6(_)) => 128,
        Err(_) => return false,
    };
    length.bytes().all(|byte| byte.is_ascii_digit()) && length.parse::<u32>().is_ok_and(|length| length <= longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_need_a_length_that_fits() {
        for good in ["172.16.0.9", "172.16.0.9/12", "2001:db8::/032", "::ffff:10.9.8.7", "0.0.0.0/0"] {
            assert!(is_address_or_network(good), "{good}");
        }
        for bad in
            ["", "/", "172.16.0.9/", "172.16.0.9/33", "172.16.0.9/+8", "172.16.0/12", "172.016.0.9", "fe80::1%eth0/64", "::/129", "host"]
        {
            assert!(!is_address_or_network(bad), "{bad}");
        }
    }
}
