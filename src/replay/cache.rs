//! Verdicts that were found before: most requests of a log are like many others.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::sync::{Arc, Mutex, PoisonError};

use hashbrown::HashMap;

use crate::access_log::{Entry, Sent};
use crate::route::Looks;

use super::judge::{Judge, Judged};

/// Parts that are locked alone.
const SHARDS: usize = 64;
/// Requests that one part remembers: a log of nothing but different ones does not fill the machine.
const MOST: usize = 16 * 1024;

/// Requests with the same host, scheme, method and path.
#[derive(Debug, Default)]
struct Alike {
    /// What else has been looked at for one of them.
    looks: Looks,
    /// Verdicts by what was looked at.
    verdicts: HashMap<Box<[u8]>, Arc<Judged>>,
}

/// What is remembered.
#[derive(Debug)]
pub struct Cache {
    shards: Vec<Mutex<HashMap<Box<[u8]>, Alike>>>,
    hasher: RandomState,
}

impl Default for Cache {
    fn default() -> Self {
        Self { shards: (0..SHARDS).map(|_| Mutex::default()).collect(), hasher: RandomState::new() }
    }
}

impl Cache {
    /// What is said of an entry, remembered or found out.
    pub fn judged(&self, judge: &dyn Judge, entry: &Entry<'_>, buffer: &mut Vec<u8>) -> Arc<Judged> {
        let Some(sent) = &entry.sent else { return Arc::new(judge.judge(entry)) };
        buffer.clear();
        write_key(buffer, entry, sent, judge.rests_on_log(entry));
        let length = buffer.len();
        let at = usize::try_from(self.hasher.hash_one(&buffer[..]) % (SHARDS as u64)).unwrap_or_default();
        let shard = || self.shards[at].lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(alike) = shard().get(&buffer[..length]) {
            write_rest(buffer, entry, sent, &alike.looks);
            if let Some(judged) = alike.verdicts.get(&buffer[length..]) {
                return Arc::clone(judged);
            }
        }
        let judged = Arc::new(judge.judge(entry));
        let mut shard = shard();
        if shard.len() >= MOST {
            shard.clear();
        }
        let alike = shard.entry(buffer[..length].into()).or_default();
        let before = alike.looks.clone();
        alike.looks.add(&judged.looks);
        // With more to be looked at, what was told apart by less is no longer found.
        if before != alike.looks || alike.verdicts.len() >= MOST {
            alike.verdicts.clear();
        }
        buffer.truncate(length);
        write_rest(buffer, entry, sent, &alike.looks);
        alike.verdicts.insert(buffer[length..].into(), Arc::clone(&judged));
        judged
    }
}

/// Parts of a key end with a byte that no text holds.
fn write(buffer: &mut Vec<u8>, part: &[u8]) {
    buffer.extend(part);
    buffer.push(0xff);
}

fn write_key(buffer: &mut Vec<u8>, entry: &Entry<'_>, sent: &Sent<'_>, rests_on_log: bool) {
    let (path, args) = sent.split();
    let number = |status: Option<u16>| status.unwrap_or_default().to_le_bytes();
    let sign = |is: Option<bool>| match is {
        None => 0,
        Some(false) => 1,
        Some(true) => 2,
    };
    let length = u32::try_from(path.len()).unwrap_or(u32::MAX);
    buffer.extend(length.to_le_bytes());
    buffer.extend(number(entry.port));
    buffer.extend([sign(entry.is_tls), u8::from(args.is_some_and(|args| !args.is_empty())), u8::from(args.is_some())]);
    buffer.extend(path);
    write(buffer, sent.method.as_bytes());
    write(buffer, sent.version.as_bytes());
    for name in [&entry.host, &entry.server, &entry.sni] {
        write(buffer, name.as_deref().unwrap_or("\u{0}").as_bytes());
    }
    if rests_on_log {
        // What a backend answered is its own affair.
        let status = if entry.is_passed == Some(true) { None } else { entry.status };
        buffer.extend(number(status));
        buffer.push(sign(entry.is_passed));
        write(buffer, entry.upstream.as_deref().unwrap_or("\u{0}").as_bytes());
    }
}

fn write_rest(buffer: &mut Vec<u8>, entry: &Entry<'_>, sent: &Sent<'_>, looks: &Looks) {
    if looks.args {
        let args = sent.split().1.unwrap_or_default();
        buffer.extend(u32::try_from(args.len()).unwrap_or(u32::MAX).to_le_bytes());
        buffer.extend(args);
    }
    // Whether an address is there decides whether it can be compared at all.
    buffer.push(u8::from(entry.client.is_some()));
    if let Some(client) = entry.client.filter(|_| looks.client) {
        write(buffer, client.to_string().as_bytes());
    }
    if looks.body {
        buffer.extend(entry.length.unwrap_or(u64::MAX).to_le_bytes());
    }
    if !looks.headers.is_empty() {
        let user = entry.user.as_ref().map(|user| user.as_deref().unwrap_or("\u{0}"));
        write(buffer, user.unwrap_or("\u{1}").as_bytes());
        for (name, value) in entry.headers.iter().chain(&entry.cookies) {
            write(buffer, name.as_bytes());
            write(buffer, value.as_bytes());
        }
    }
}
