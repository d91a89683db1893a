//! The buffers of a proxy, which nginx judges together after each block has got what the blocks around it say.

use super::arguments::size;

/// What a block and those around it say about buffers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Buffers {
    size: Option<u64>,
    buffers: Option<(u64, u64)>,
    busy: Option<u64>,
    file: Option<u64>,
}

/// The defaults of nginx: one page, and eight of them.
const PAGE: u64 = 4096;
const DEFAULT_BUFFERS: (u64, u64) = (8, PAGE);

impl Buffers {
    /// Whether a directive of this name says something about buffers.
    pub(super) fn know(name: &str) -> bool {
        matches!(name, "proxy_buffer_size" | "proxy_busy_buffers_size" | "proxy_max_temp_file_size" | "proxy_buffers")
    }

    /// Takes note of a directive.
    pub(super) fn take(&mut self, name: &str, args: &[&str]) {
        let bytes = args.first().and_then(|text| size(text, false));
        match name {
            "proxy_buffer_size" => self.size = bytes,
            "proxy_busy_buffers_size" => self.busy = bytes,
            "proxy_max_temp_file_size" => self.file = bytes,
            "proxy_buffers" => {
                if let [count, each] = args {
                    self.buffers = count.parse().ok().zip(size(each, false));
                }
            }
            _ => {}
        }
    }

    /// Why nginx refuses these values; none where they fit, or where the block changes nothing.
    pub(super) fn refusal(&self, inherited: &Self) -> Option<(&'static str, String)> {
        if self == inherited {
            return None;
        }
        let (count, each) = self.buffers.unwrap_or(DEFAULT_BUFFERS);
        let first = self.size.unwrap_or(PAGE);
        if count < 2 {
            return Some(("proxy_buffers", String::from("there must be at least 2 `proxy_buffers`")));
        }
        let largest = first.max(each);
        let busy = self.busy.unwrap_or(2 * largest);
        if busy < largest {
            let message = "`proxy_busy_buffers_size` must not be less than `proxy_buffer_size` and one of the `proxy_buffers`";
            return Some(("proxy_busy_buffers_size", message.to_owned()));
        }
        if busy > (count - 1).saturating_mul(each) {
            let name = if self.busy.is_some() { "proxy_busy_buffers_size" } else { "proxy_buffers" };
            let message =
                format!("`proxy_busy_buffers_size` ({busy} bytes) must be less than all `proxy_buffers` but one ({count} of {each} bytes)");
            return Some((name, message));
        }
        if self.file.is_some_and(|file| file != 0 && file < largest) {
            let message = "`proxy_max_temp_file_size` must be 0, or not less than `proxy_buffer_size` and one of the `proxy_buffers`";
            return Some(("proxy_max_temp_file_size", message.to_owned()));
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(directives: &[(&str, &[&str])]) -> Option<&'static str> {
        let mut buffers = Buffers::default();
        directives.iter().for_each(|(name, args)| buffers.take(name, args));
        buffers.refusal(&Buffers::default()).map(|(name, _)| name)
    }

    #[test]
    fn buffers_must_fit_together() {
        assert_eq!(refusal(&[]), None);
        assert_eq!(refusal(&[("proxy_buffers", &["4", "4k"]), ("proxy_buffer_size", &["4k"])]), None);
        assert_eq!(refusal(&[("proxy_buffers", &["1", "4k"])]), Some("proxy_buffers"));
        assert_eq!(refusal(&[("proxy_buffers", &["4", "8k"]), ("proxy_buffer_size", &["16k"])]), Some("proxy_buffers"));
        assert_eq!(refusal(&[("proxy_busy_buffers_size", &["2k"])]), Some("proxy_busy_buffers_size"));
        assert_eq!(refusal(&[("proxy_max_temp_file_size", &["1k"])]), Some("proxy_max_temp_file_size"));
        assert_eq!(refusal(&[("proxy_max_temp_file_size", &["0"])]), None);
    }
}
