//! The configuration while it is in pieces: a large one is there as one text only where somebody needs that.

/// The pieces of the configuration.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// What stands before the hosts, and holds for all of them.
    pub(super) before: String,
    /// Hosts that are only other names.
    pub(super) redirects: String,
    /// The hosts.
    pub(super) hosts: Vec<String>,
    /// What stands behind them.
    pub(super) behind: String,
}

/// Bytes of hosts that make a portion, as far as it holds no more that is for all of them.
const PORTION: usize = 1 << 20;

impl Page {
    /// The whole. The pieces are given up one by one.
    pub(super) fn whole(mut self) -> String {
        let hosts = std::mem::take(&mut self.hosts);
        let size = hosts.iter().map(|text| 1 + text.len()).sum();
        self.with(hosts.into_iter(), size)
    }

    /// Smaller configurations, of which each holds some of the hosts.
    pub(super) fn portions(&self, take: &mut dyn FnMut(&str)) {
        let least = PORTION.max(self.before.len() + self.redirects.len() + self.behind.len());
        let mut rest = self.hosts.as_slice();
        loop {
            let (mut size, mut fitting) = (0, 0);
            for text in rest {
                size += 1 + text.len();
                fitting += 1;
                if size >= least {
                    break;
                }
            }
            let (portion, more) = rest.split_at(fitting);
            take(&self.with(portion.iter(), size));
            rest = more;
            if rest.is_empty() {
                return;
            }
        }
    }

    /// The configuration with some of the hosts, which take so many bytes.
    fn with<T: AsRef<str>>(&self, hosts: impl Iterator<Item = T>, size: usize) -> String {
        let mut text = String::with_capacity(self.before.len() + self.redirects.len() + size + self.behind.len() + 2);
        text.push_str(&self.before);
        let end = text.len();
        text.push('\n');
        let start = text.len();
        text.push_str(self.redirects.trim_start_matches('\n'));
        for host in hosts {
            let host = host.as_ref();
            match text.len() == start {
                true => text.push_str(host.trim_start_matches('\n')),
                false => {
                    text.push('\n');
                    text.push_str(host);
                }
            }
        }
        let written = text.trim_end_matches('\n').len();
        if written > start {
            text.truncate(written);
            text.push('\n');
        } else {
            text.truncate(end);
        }
        text.push_str(&self.behind);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(redirects: &str, hosts: &[&str]) -> Page {
        let hosts = hosts.iter().map(|host| (*host).to_owned()).collect();
        Page { before: "http {\n  a;\n".into(), redirects: redirects.into(), hosts, behind: "}\n".into() }
    }

    #[test]
    fn an_empty_line_stands_between_the_pieces() {
        for (redirects, hosts, expected) in [
            ("", &[][..], "http {\n  a;\n}\n"),
            ("", &["\n  b;\n", "  c;\n"], "http {\n  a;\n\n  b;\n\n  c;\n}\n"),
            ("\n  r;\n", &["  b;\n"], "http {\n  a;\n\n  r;\n\n  b;\n}\n"),
        ] {
            assert_eq!(page(redirects, hosts).whole(), expected);
        }
    }

    #[test]
    fn portions_hold_each_host_once() {
        let host = |at: usize| format!("{at:4}{}\n", "x".repeat(PORTION / 3));
        let hosts: Vec<String> = (0..8).map(host).collect();
        let page = page("", &hosts.iter().map(String::as_str).collect::<Vec<_>>());
        let mut portions = Vec::new();
        page.portions(&mut |text| portions.push(text.to_owned()));
        assert_eq!(portions.len(), 3);
        assert!(portions.iter().all(|text| text.starts_with("http {\n  a;\n\n") && text.ends_with("}\n")));
        assert!(hosts.iter().all(|host| portions.iter().filter(|text| text.contains(host)).count() == 1));
        let mut whole = Vec::new();
        Page { hosts: Vec::new(), ..page }.portions(&mut |text| whole.push(text.to_owned()));
        assert_eq!(whole, ["http {\n  a;\n}\n"]);
    }
}
