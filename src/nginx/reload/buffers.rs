//! The buffers of a proxy, which nginx judges together after each block has got what the blocks around it say.

use super::units::size;

/// The protocols that have such buffers.
const PROTOCOLS: [&str; 4] = ["proxy", "fastcgi", "uwsgi", "scgi"];

/// What a block and those around it say about buffers, by protocol.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Buffers([OfOne; PROTOCOLS.len()]);

/// The same for one protocol.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct OfOne {
    size: Option<u64>,
    buffers: Option<(u64, u64)>,
    busy: Option<u64>,
    file: Option<u64>,
    write: Option<u64>,
}

/// The defaults of nginx: one page, and eight of them.
const PAGE: u64 = 4096;
const DEFAULT_BUFFERS: (u64, u64) = (8, PAGE);

/// The protocol of a directive, by its place in the list, and the rest of its name.
fn split(name: &str) -> Option<(usize, &str)> {
    let behind = |protocol: &str| name.strip_prefix(protocol)?.strip_prefix('_');
    PROTOCOLS.iter().enumerate().find_map(|(at, protocol)| Some((at, behind(protocol)?)))
}

impl Buffers {
    /// Whether a directive of this name says something about buffers.
    pub(super) fn know(name: &str) -> bool {
        let known = ["buffer_size", "buffers", "busy_buffers_size", "max_temp_file_size", "temp_file_write_size"];
        split(name).is_some_and(|(_, rest)| known.contains(&rest))
    }

    /// Takes note of a directive.
    pub(super) fn take(&mut self, name: &str, args: &[&str]) {
        let Some((at, rest)) = split(name) else { return };
        let (one, bytes) = (&mut self.0[at], args.first().and_then(|text| size(text, false)));
        match rest {
            "buffer_size" => one.size = bytes,
            "busy_buffers_size" => one.busy = bytes,
            "max_temp_file_size" => one.file = bytes,
            "temp_file_write_size" => one.write = bytes,
            "buffers" => {
                if let [count, each] = args {
                    one.buffers = count.parse().ok().zip(size(each, false));
                }
            }
            _ => {}
        }
    }

    /// Why nginx refuses these values, and which; none where they fit, or where the block changes nothing.
    pub(super) fn refusal(&self, inherited: &Self) -> Option<(String, String)> {
        let changed = self.0.iter().zip(&inherited.0).zip(PROTOCOLS).filter(|((own, outer), _)| own != outer);
        changed.into_iter().find_map(|((own, _), protocol)| own.refusal(protocol))
    }
}

impl OfOne {
    fn refusal(&self, protocol: &str) -> Option<(String, String)> {
        let found = |name: &str, message: String| Some((format!("{protocol}_{name}"), message));
        let (count, each) = self.buffers.unwrap_or(DEFAULT_BUFFERS);
        let first = self.size.unwrap_or(PAGE);
        if count < 2 {
            return found("buffers", format!("there must be at least 2 `{protocol}_buffers`"));
        }
        let largest = first.max(each);
        let least = format!("`{protocol}_buffer_size` and one of the `{protocol}_buffers`");
        let busy = self.busy.unwrap_or(2 * largest);
        if busy < largest {
            return found("busy_buffers_size", format!("`{protocol}_busy_buffers_size` must not be less than {least}"));
        }
        if busy > (count - 1).saturating_mul(each) {
            let name = if self.busy.is_some() { "busy_buffers_size" } else { "buffers" };
            let message = format!(
                "`{protocol}_busy_buffers_size` ({busy} bytes) must be less than all `{protocol}_buffers` but one ({count} of {each} bytes)"
            );
            return found(name, message);
        }
        if self.write.is_some_and(|write| write < largest) {
            return found("temp_file_write_size", format!("`{protocol}_temp_file_write_size` must not be less than {least}"));
        }
        if self.file.is_some_and(|file| file != 0 && file < largest) {
            return found("max_temp_file_size", format!("`{protocol}_max_temp_file_size` must be 0, or not less than {least}"));
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(directives: &[(&str, &[&str])]) -> Option<String> {
        let mut buffers = Buffers::default();
        directives.iter().for_each(|(name, args)| buffers.take(name, args));
        buffers.refusal(&Buffers::default()).map(|(name, _)| name)
    }

    #[test]
    fn buffers_must_fit_together() {
        assert_eq!(refusal(&[]), None);
        assert_eq!(refusal(&[("proxy_buffers", &["4", "4k"]), ("proxy_buffer_size", &["4k"])]), None);
        assert_eq!(refusal(&[("proxy_buffers", &["1", "4k"])]), Some("proxy_buffers".to_owned()));
        assert_eq!(refusal(&[("proxy_buffers", &["4", "8k"]), ("proxy_buffer_size", &["16k"])]), Some("proxy_buffers".to_owned()));
        assert_eq!(refusal(&[("proxy_busy_buffers_size", &["2k"])]), Some("proxy_busy_buffers_size".to_owned()));
        assert_eq!(refusal(&[("proxy_max_temp_file_size", &["1k"])]), Some("proxy_max_temp_file_size".to_owned()));
        assert_eq!(refusal(&[("proxy_max_temp_file_size", &["0"])]), None);
        assert_eq!(refusal(&[("scgi_temp_file_write_size", &["1"])]), Some("scgi_temp_file_write_size".to_owned()));
        assert_eq!(refusal(&[("fastcgi_buffers", &["1", "4k"])]), Some("fastcgi_buffers".to_owned()));
    }
}
