//! Values of directives about the process, its logs and what all hosts share.

use super::Build;
use super::units::{is_time, size};

/// Why nginx refuses the arguments of a directive.
pub(super) fn refusal(name: &str, args: &[&str], build: Build) -> Option<String> {
    match (name, args) {
        ("worker_processes", [count]) if *count != "auto" && !count.parse::<u16>().is_ok_and(|count| count > 0) => {
            Some(format!("`worker_processes` takes `auto` or a number, not `{count}`"))
        }
        ("worker_cpu_affinity", masks) => mask(masks),
        ("error_log", [_, levels @ ..]) => levels.iter().find(|level| !LEVELS.contains(level)).map(|level| {
            let levels = LEVELS.map(|level| format!("`{level}`")).join(", ");
            format!("`error_log` takes one of the levels {levels}, not `{level}`")
        }),
        ("access_log", [path, rest @ ..]) if *path != "off" => access_log(path, rest.get(1..).unwrap_or_default()),
        ("ssl_ecdh_curve", [list]) if !build.is_controller() && *list != "auto" && !super::is_curve_list(list) => {
            Some(format!("OpenSSL does not know all curves in `{list}`"))
        }
        ("ssl_session_cache", args) => args
            .iter()
            .find(|arg| !is_session_cache(arg))
            .map(|arg| format!("`ssl_session_cache` takes `off`, `none`, `builtin`, or `shared:NAME:SIZE` of 32k or more, not `{arg}`")),
        (name, [bytes]) if name.ends_with("_hash_bucket_size") => {
            let is_good = bytes.parse::<u32>().is_ok_and(|bytes| bytes <= LARGEST_BUCKET);
            (!is_good).then(|| format!("`{name}` takes a number up to {LARGEST_BUCKET}, not `{bytes}`"))
        }
        _ => None,
    }
}

const LEVELS: [&str; 8] = ["debug", "info", "notice", "warn", "error", "crit", "alert", "emerg"];

/// Buckets have lengths of two bytes, and a line of the processor's cache goes off.
const LARGEST_BUCKET: u32 = 65_536 - 64;

fn mask(masks: &[&str]) -> Option<String> {
    let masks = masks.strip_prefix(&["auto"]).unwrap_or(masks);
    let bad = masks.iter().find(|mask| mask.is_empty() || mask.len() > 64 || !mask.bytes().all(|byte| matches!(byte, b'0' | b'1')))?;
    Some(format!("`worker_cpu_affinity` takes `auto`, or masks of zeros and ones, not `{bad}`"))
}

/// Parameters behind the name of the format: a buffer, and what needs one.
fn access_log(path: &str, parameters: &[&str]) -> Option<String> {
    let is_good = |parameter: &str| match parameter.split_once('=') {
        None => parameter == "gzip",
        Some(("buffer", bytes)) => size(bytes, false).is_some_and(|bytes| bytes > 0),
        Some(("gzip", level)) => level.parse::<u8>().is_ok_and(|level| (1..=9).contains(&level)),
        Some(("flush", time)) => is_time(time, false),
        Some(("if", _)) => true,
        Some(_) => false,
    };
    if let Some(bad) = parameters.iter().find(|parameter| !is_good(parameter)) {
        return Some(format!("`access_log` takes no parameter `{bad}`"));
    }
    let has = |start: &str| parameters.iter().any(|parameter| parameter.starts_with(start));
    if has("flush=") && !has("buffer=") && !has("gzip") {
        return Some(String::from("`access_log` with `flush` needs a `buffer`"));
    }
    let is_unbuffered = path.contains('$') || path.starts_with("syslog:");
    (is_unbuffered && (has("buffer=") || has("gzip"))).then(|| format!("`access_log` cannot buffer what goes to `{path}`"))
}

fn is_session_cache(arg: &str) -> bool {
    const SMALLEST: u64 = 8 * 4096;
    match arg.split(':').collect::<Vec<_>>()[..] {
        ["off" | "none" | "builtin"] => true,
        ["builtin", count] => count.parse::<i32>().is_ok(),
        ["shared", name, bytes] => !name.is_empty() && size(bytes, false).is_some_and(|bytes| bytes >= SMALLEST),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_for_all_are_judged() {
        let good: &[(&str, &[&str])] = &[
            ("worker_processes", &["auto"]),
            ("worker_cpu_affinity", &["auto", "0101"]),
            ("error_log", &["/x", "warn"]),
            ("access_log", &["off"]),
            ("access_log", &["/x", "combined", "buffer=4k", "flush=1m", "if=$loggable"]),
            ("ssl_session_cache", &["shared:SSL:10m"]),
            ("map_hash_bucket_size", &["128"]),
        ];
        for (name, args) in good {
            assert_eq!(refusal(name, args, Build::Stock), None, "{name} {args:?}");
        }
        let bad: &[(&str, &[&str])] = &[
            ("worker_processes", &["0"]),
            ("worker_cpu_affinity", &["12"]),
            ("error_log", &["/x", "loud"]),
            ("access_log", &["/x", "combined", "flush=1m"]),
            ("access_log", &["/x", "combined", "x"]),
            ("access_log", &["/$host", "combined", "buffer=4k"]),
            ("ssl_ecdh_curve", &["P-255"]),
            ("ssl_session_cache", &["shared:SSL:1k"]),
            ("variables_hash_bucket_size", &["2147483648"]),
        ];
        for (name, args) in bad {
            assert!(refusal(name, args, Build::Stock).is_some(), "{name} {args:?}");
        }
    }
}
