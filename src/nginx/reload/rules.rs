//! Arguments of single directives that nginx reads by rules of their own: the rows name these functions.

use hashbrown::HashSet;

use super::forms::{Form, Value, unfit};
use super::pass::{self, is_address};
use super::units::{is_number, is_time, size};
use super::{Build, pattern};
use crate::nginx::{is_fixed, problem};

/// What may stand behind the address of a server of an `upstream`.
pub(super) const OF_A_SERVER: &[Form] = &[
    Form::Words(&["backup", "down"]),
    Form::With("weight=", Value::From(1)),
    Form::With("max_conns=", Value::From(0)),
    Form::With("max_fails=", Value::From(0)),
    Form::With("fail_timeout=", Value::Seconds),
];

/// A server of an `upstream` of streams, which has a port.
pub(super) fn server_of_streams(name: &str, args: &[&str], build: Build) -> Option<String> {
    none_unfit(name, args.get(1..)?, OF_A_SERVER).or_else(|| pass::stream_refusal(name, args, build))
}

/// The smallest zone that several processes can share.
const SMALLEST_ZONE: u64 = 8 * 4096;

/// A sentence on an argument, unless it is good.
fn unless(is_good: bool, name: &str, unfit: &str) -> Option<String> {
    (!is_good).then(|| format!("`{name}` does not take `{unfit}`"))
}

fn none_unfit(name: &str, args: &[&str], forms: &[Form]) -> Option<String> {
    unfit(args, forms).map(|unfit| format!("`{name}` does not take `{unfit}`"))
}

/// A folder may not depend on what is made of it.
pub(super) fn folder(name: &str, args: &[&str], _: Build) -> Option<String> {
    let path = args.first()?;
    let own = ["$document_root", "${document_root}", "$realpath_root", "${realpath_root}"];
    own.iter().find(|own| path.contains(*own)).map(|own| format!("`{name}` cannot depend on `{own}`, which is made of it"))
}

/// Files are read by threads, or by the kernel where nginx was built for it.
pub(super) fn aio(name: &str, args: &[&str], build: Build) -> Option<String> {
    let how = args.first()?;
    let is_pool = |pool: &str| build.is_controller() || pool == "default" || pool.contains('$');
    let is_good = matches!(*how, "off" | "threads") || *how == "on" && build.is_controller();
    unless(is_good || how.strip_prefix("threads=").is_some_and(is_pool), name, how)
}

/// A time for connections, and one in whole seconds for a header.
pub(super) fn keepalive_timeout(name: &str, args: &[&str], _: Build) -> Option<String> {
    let (first, second) = (args.first()?, args.get(1).unwrap_or(&"0"));
    let bad = if is_time(first, false) { second } else { first };
    unless(is_time(first, false) && is_time(second, true), name, bad)
}

/// Codes, perhaps another code for the client, and a page.
pub(super) fn error_page(name: &str, args: &[&str], _: Build) -> Option<String> {
    let (_, words) = args.split_last()?;
    let (codes, other) = match words.split_last() {
        Some((last, codes)) if last.starts_with('=') => (codes, &last[1..]),
        _ => (words, ""),
    };
    if codes.is_empty() || !other.is_empty() && !is_number(other) {
        return Some(format!("`{name}` does not take `={other}` here"));
    }
    // 499 is nginx's own word for a client that has gone.
    let is_good = |code: u16| (300..=599).contains(&code) && code != 499;
    let bad = codes.iter().find(|code| !code.parse().is_ok_and(is_good))?;
    Some(format!("`{name}` takes codes from 300 to 599 but 499, not `{bad}`"))
}

/// A table of open files has a size.
pub(super) fn cache_of_files(name: &str, args: &[&str], _: Build) -> Option<String> {
    const LOGS: &[Form] = &[
        Form::Words(&["off"]),
        Form::With("max=", Value::From(1)),
        Form::With("inactive=", Value::Seconds),
        Form::With("min_uses=", Value::From(0)),
        Form::With("valid=", Value::Seconds),
    ];
    let forms = if name == "open_log_file_cache" { LOGS } else { &LOGS[..3] };
    none_unfit(name, args, forms).or_else(|| {
        let has_size = args.iter().any(|arg| *arg == "off" || arg.starts_with("max="));
        (!has_size).then(|| format!("`{name}` needs a `max`"))
    })
}

/// Files, and a code or a path where none of them is there.
pub(super) fn try_files(name: &str, args: &[&str], _: Build) -> Option<String> {
    let code = args.last()?.strip_prefix('=')?;
    unless(is_number(code) && code.parse::<u32>().is_ok_and(|code| code <= 999), name, &format!("={code}"))
}

/// Names of files.
pub(super) fn index(name: &str, args: &[&str], _: Build) -> Option<String> {
    unless(!args.first()?.is_empty(), name, "")
}

/// A pattern, what is put in its place, and what then happens.
pub(super) fn rewrite(name: &str, args: &[&str], _: Build) -> Option<String> {
    let then = args.get(2)?;
    unless(matches!(*then, "last" | "break" | "redirect" | "permanent"), name, then)
}

/// The first argument is a variable that can be set.
pub(super) fn variable_first(name: &str, args: &[&str], _: Build) -> Option<String> {
    args.first().and_then(|variable| settable(name, variable))
}

/// The last argument is a variable that can be set.
pub(super) fn variable_last(name: &str, args: &[&str], _: Build) -> Option<String> {
    args.last().and_then(|variable| settable(name, variable))
}

fn settable(name: &str, variable: &str) -> Option<String> {
    match variable.strip_prefix('$') {
        None | Some("") => Some(format!("`{name}` sets a variable, and `{variable}` is none")),
        Some(bare) => is_fixed(bare).then(|| format!("`{name}` cannot set `{variable}`, which nginx itself does")),
    }
}

/// A condition in parentheses.
pub(super) fn condition(name: &str, args: &[&str], _: Build) -> Option<String> {
    let text = args.join(" ");
    let bad = || Some(format!("`{name}` cannot read the condition `{text}`"));
    let Some(first) = args.first().and_then(|first| first.strip_prefix('(')) else { return bad() };
    let mut words: Vec<&str> = std::iter::once(first).filter(|first| !first.is_empty()).chain(args.iter().skip(1).copied()).collect();
    let Some(last) = words.pop().and_then(|last| last.strip_suffix(')')) else { return bad() };
    words.extend((!last.is_empty()).then_some(last));
    let is_variable = |word: &str| word.len() > 1 && word.starts_with('$');
    let is_test = |word: &str| matches!(word.strip_prefix('!').unwrap_or(word), "-f" | "-d" | "-e" | "-x");
    let is_good = match words[..] {
        [variable] => is_variable(variable),
        [test, _] => is_test(test),
        [variable, "=" | "!=" | "~" | "~*" | "!~" | "!~*", _] => is_variable(variable),
        _ => false,
    };
    if is_good { None } else { bad() }
}

/// The third word says that the header is added to errors too.
pub(super) fn always(name: &str, args: &[&str], _: Build) -> Option<String> {
    args.get(2).and_then(|word| unless(*word == "always", name, word))
}

/// The third word says that the parameter is left out where it is empty.
pub(super) fn if_not_empty(name: &str, args: &[&str], _: Build) -> Option<String> {
    args.get(2).and_then(|word| unless(*word == "if_not_empty", name, word))
}

/// A time, perhaps from the age of a file on.
pub(super) fn expires(name: &str, args: &[&str], _: Build) -> Option<String> {
    let (value, is_modified) = match args {
        [value] => (*value, false),
        ["modified", value] => (*value, true),
        [first, ..] => return unless(false, name, first),
        [] => return None,
    };
    let bare = value.strip_prefix(['@', '+', '-']).unwrap_or(value);
    let is_word = !is_modified && matches!(value, "epoch" | "max" | "off");
    let is_daily = value.starts_with('@');
    // Of a time of the day, hours and less are sure to be less than a day.
    let is_short = !is_daily || !is_modified && bare.bytes().all(|byte| !b"yMwd".contains(&byte)) && is_within_a_day(bare);
    unless(value.contains('$') || is_word || is_time(bare, true) && is_short, name, value)
}

fn is_within_a_day(time: &str) -> bool {
    let (mut total, mut number) = (0_u64, 0_u64);
    for byte in time.bytes() {
        let factor = match byte {
            b'0'..=b'9' => {
                number = number.saturating_mul(10).saturating_add(u64::from(byte - b'0'));
                continue;
            }
            b'h' => 3600,
            b'm' => 60,
            _ => 1,
        };
        total = total.saturating_add(number.saturating_mul(factor));
        number = 0;
    }
    total.saturating_add(number) <= 24 * 60 * 60
}

/// Regular expressions, and two words.
pub(super) fn patterns(name: &str, args: &[&str], _: Build) -> Option<String> {
    let bad = args.iter().find(|arg| !matches!(**arg, "msie6") && problem(arg).is_some())?;
    Some(format!("`{name}`: `{bad}` is no regular expression"))
}

/// What is looked for is not empty.
pub(super) fn not_empty(name: &str, args: &[&str], _: Build) -> Option<String> {
    unless(!args.first()?.is_empty(), name, "")
}

/// Whether a zone that several processes share is long enough.
fn is_zone(arg: &str, least: u64) -> bool {
    arg.split_once(':').is_some_and(|(zone, bytes)| !zone.is_empty() && size(bytes, false).is_some_and(|bytes| bytes >= least))
}

fn zone_parameter(name: &str, args: &[&str]) -> Option<String> {
    let Some(zone) = args.iter().find_map(|arg| arg.strip_prefix("zone=")) else { return Some(format!("`{name}` needs a `zone`")) };
    (!is_zone(zone, SMALLEST_ZONE)).then(|| format!("`{name}` takes a zone as `NAME:SIZE` of 32k or more, not `{zone}`"))
}

/// A zone that counts requests.
pub(super) fn zone_of_requests(name: &str, args: &[&str], _: Build) -> Option<String> {
    let forms = &[Form::With("zone=", Value::Any), Form::With("rate=", Value::Any)];
    none_unfit(name, args.get(1..)?, forms).or_else(|| zone_parameter(name, args))
}

/// A zone that counts connections.
pub(super) fn zone_of_connections(name: &str, args: &[&str], _: Build) -> Option<String> {
    none_unfit(name, args.get(1..)?, &[Form::With("zone=", Value::Any)]).or_else(|| zone_parameter(name, args))
}

/// A limit by such a zone.
pub(super) fn limit_of_requests(name: &str, args: &[&str], _: Build) -> Option<String> {
    let forms = &[
        Form::Words(&["nodelay"]),
        Form::With("zone=", Value::Any),
        Form::With("burst=", Value::Any),
        Form::With("delay=", Value::From(1)),
    ];
    let has_zone = args.iter().any(|arg| arg.starts_with("zone="));
    none_unfit(name, args, forms).or_else(|| (!has_zone).then(|| format!("`{name}` needs a `zone`")))
}

/// Names of hosts, or patterns.
pub(super) fn referers(name: &str, args: &[&str], _: Build) -> Option<String> {
    let mut seen = HashSet::new();
    let is_good = |arg: &str| match arg.strip_prefix('~') {
        Some("") => false,
        Some(pattern) => problem(pattern).is_none(),
        None => {
            let host = arg.split('/').next().unwrap_or_default();
            let is_word = matches!(arg, "none" | "blocked" | "server_names");
            is_word || pattern::is_server_name(host) && !host.is_empty() && seen.insert(host.to_ascii_lowercase())
        }
    };
    let mut is_good = is_good;
    args.iter().find(|arg| !is_good(arg)).map(|bad| format!("`{name}` does not take `{bad}`"))
}

/// A zone of an `upstream`.
pub(super) fn zone(name: &str, args: &[&str], _: Build) -> Option<String> {
    let bytes = args.get(1)?;
    unless(size(bytes, false).is_some_and(|bytes| bytes >= SMALLEST_ZONE), name, bytes)
}

/// Two servers at random, of which one is taken by a method.
pub(super) fn random(name: &str, args: &[&str], _: Build) -> Option<String> {
    let is_good = matches!(args, [] | ["two"] | ["two", "least_conn"]);
    unless(is_good, name, &args.join(" "))
}

/// Servers for names, and for how long an answer is good.
pub(super) fn resolver(name: &str, args: &[&str], build: Build) -> Option<String> {
    let parameters = &[Form::Words(&["ipv6=on", "ipv6=off", "ipv4=on", "ipv4=off"]), Form::With("valid=", Value::Seconds)];
    let parameters = if build == Build::Stock { &[Form::Words(&["ipv6=on", "ipv6=off"]), parameters[1]] } else { parameters };
    let is_server = |arg: &&str| unfit(&[*arg], parameters).is_some();
    let servers: Vec<&str> = args.iter().copied().filter(|arg| is_server(arg)).collect();
    if servers.is_empty() {
        return Some(format!("`{name}` names no server"));
    }
    let is_good = |server: &&str| !server.contains('=') && (is_address(server) || pass::address(server, false).is_ok());
    servers.iter().find(|server| !is_good(server)).map(|bad| format!("`{name}` does not take `{bad}`"))
}

/// A number that may be negative.
pub(super) fn priority(name: &str, args: &[&str], _: Build) -> Option<String> {
    let value = args.first()?;
    unless(is_number(value.strip_prefix('-').unwrap_or(value)), name, value)
}

/// A power of two.
fn power(name: &str, args: &[&str], most: u64) -> Option<String> {
    let value = args.first()?;
    let is_good = size(value, false).is_some_and(|bytes| bytes.is_power_of_two() && (512..=most).contains(&bytes));
    unless(is_good, name, value)
}

/// The window of a compression.
pub(super) fn gzip_window(name: &str, args: &[&str], _: Build) -> Option<String> {
    power(name, args, 32 << 10)
}

/// The table of a compression.
pub(super) fn gzip_hash(name: &str, args: &[&str], _: Build) -> Option<String> {
    power(name, args, 128 << 10)
}

/// Rights of files.
pub(super) fn access(name: &str, args: &[&str], _: Build) -> Option<String> {
    none_unfit(name, args, &[Form::Words(&["user:rw", "user:r", "group:rw", "group:r", "all:rw", "all:r"])])
}

/// Which links are followed.
pub(super) fn disable_symlinks(name: &str, args: &[&str], _: Build) -> Option<String> {
    let is_good = match args {
        [word] => matches!(*word, "on" | "off" | "if_not_owner"),
        [word, from] | [from, word] if from.starts_with("from=") => matches!(*word, "on" | "if_not_owner"),
        _ => false,
    };
    unless(is_good, name, &args.join(" "))
}

/// One letter or digit.
pub(super) fn userid_mark(name: &str, args: &[&str], _: Build) -> Option<String> {
    let mark = args.first()?;
    let is_letter = mark.len() == 1 && mark.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'=');
    unless(is_letter || *mark == "off", name, mark)
}

/// Codes, and a time.
pub(super) fn cache_valid(name: &str, args: &[&str], _: Build) -> Option<String> {
    let (time, codes) = args.split_last()?;
    let forms = &[Form::Words(&["any"]), Form::Is(Value::Range(100, 599))];
    unless(is_time(time, true), name, time).or_else(|| none_unfit(name, codes, forms))
}

/// A folder, and what is kept of it in memory.
pub(super) fn cache_path(name: &str, args: &[&str], build: Build) -> Option<String> {
    const PARAMETERS: &[Form] = &[
        Form::Words(&["use_temp_path=on", "use_temp_path=off"]),
        Form::With("levels=", Value::Any),
        Form::With("keys_zone=", Value::Any),
        Form::With("inactive=", Value::Seconds),
        Form::With("max_size=", Value::Offset),
        Form::With("min_free=", Value::Offset),
        Form::With("loader_files=", Value::From(0)),
        Form::With("loader_sleep=", Value::Any),
        Form::With("loader_threshold=", Value::Any),
        Form::With("manager_files=", Value::From(0)),
        Form::With("manager_sleep=", Value::Any),
        Form::With("manager_threshold=", Value::Any),
    ];
    let value = |start: &str| args.iter().find_map(|arg| arg.strip_prefix(start));
    let times = args.iter().filter(|arg| ["loader_", "manager_"].iter().any(|start| arg.starts_with(start)));
    let bad_time = times.filter_map(|arg| arg.split_once('=')).find(|(_, time)| !is_time(time, false));
    let least = if build.is_controller() { 2 * 4096 } else { SMALLEST_ZONE };
    let is_level = |levels: &str| levels.split(':').count() <= 3 && levels.split(':').all(|level| matches!(level, "1" | "2"));
    if let Some(message) = none_unfit(name, args.get(1..)?, PARAMETERS) {
        return Some(message);
    }
    if let Some((_, time)) = bad_time {
        return unless(false, name, time);
    }
    if let Some(levels) = value("levels=").filter(|levels| !is_level(levels)) {
        return unless(false, name, levels);
    }
    let is_good = value("keys_zone=").is_some_and(|zone| is_zone(zone, least));
    (!is_good).then(|| format!("`{name}` needs a `keys_zone` as `NAME:SIZE`"))
}

/// What is added to cookies.
pub(super) fn cookie_flags(name: &str, args: &[&str], _: Build) -> Option<String> {
    let first = args.first()?;
    if args.len() == 1 {
        return unless(*first == "off", name, first);
    }
    let pattern = first.strip_prefix('~')?;
    problem(pattern).map(|problem| format!("`{name}`: `{pattern}` is no regular expression: {problem}"))
}

/// A pattern with two captures.
pub(super) fn split_path_info(name: &str, args: &[&str], _: Build) -> Option<String> {
    let pattern = args.first()?;
    let captures = pattern.match_indices('(').filter(|(at, _)| !pattern[..*at].ends_with('\\') && !pattern[at + 1..].starts_with('?'));
    unless(captures.count() == 2 && problem(pattern).is_none(), name, pattern)
}
