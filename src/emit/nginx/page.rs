//! The configuration while it is in pieces: a large one is there as one text only where somebody needs that.

use std::ops::Range;
use std::sync::Arc;

use super::lines::Piece;

/// The pieces of the configuration.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// What stands before the hosts, and holds for all of them.
    pub(super) before: Vec<String>,
    /// Hosts that are only other names.
    pub(super) redirects: String,
    /// The hosts.
    pub(super) hosts: Vec<Arc<Host>>,
    /// What stands behind them.
    pub(super) behind: String,
}

/// A host, as it is written: its routes, and what stands around them.
#[derive(Debug, Default)]
pub(super) struct Host {
    pieces: Vec<Piece>,
    /// Which of the pieces are no routes.
    frame: Vec<usize>,
    /// Its routes have to do with each other, so that no portion holds only some of them.
    is_whole: bool,
}

impl Host {
    /// A host of such pieces.
    pub(super) fn new(pieces: Vec<Piece>, is_whole: bool) -> Self {
        let frame = pieces.iter().enumerate().filter(|(_, piece)| matches!(piece, Piece::Frame(_))).map(|(at, _)| at).collect();
        Self { pieces, frame, is_whole }
    }

    /// All of its texts.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().map(AsRef::as_ref)
    }

    /// Bytes of what stands around the routes.
    fn frame_size(&self) -> usize {
        self.frame.iter().map(|at| self.pieces[*at].as_ref().len()).sum()
    }

    /// Where the pieces from one on end that fill some room.
    fn end(&self, from: usize, room: usize) -> usize {
        let mut size = 0;
        let fits = |piece: &&Piece| {
            let had_room = size < room;
            size += piece.as_ref().len();
            had_room
        };
        from + if self.is_whole { self.pieces.len() } else { self.pieces[from..].iter().take_while(fits).count() }
    }

    /// The texts of some of its pieces, and what stands around them.
    fn some(&self, pieces: &Range<usize>) -> impl Iterator<Item = &str> {
        let before = self.frame.iter().copied().take_while(|at| *at < pieces.start);
        let behind = self.frame[self.frame.partition_point(|at| *at < pieces.end)..].iter().copied();
        before.chain(pieces.clone()).chain(behind).map(|at| self.pieces[at].as_ref())
    }
}

/// Bytes of hosts that make a portion, as far as it holds no more that is for all of them.
const PORTION: usize = 1 << 16;

/// Writes hosts one below the other.
struct Hosts<'t> {
    take: &'t mut dyn FnMut(&str),
    has_any: bool,
}

impl Hosts<'_> {
    /// Writes a host. An empty line stands before each.
    fn write(&mut self, texts: impl Iterator<Item = impl AsRef<str>>) {
        let mut is_start = true;
        for text in texts {
            let text = text.as_ref();
            if std::mem::take(&mut is_start) {
                (self.take)("\n");
            }
            (self.take)(if self.has_any { text } else { text.trim_start_matches('\n') });
            self.has_any = true;
        }
    }
}

impl Page {
    /// Writes the whole. The pieces are given up one by one, where nobody else has them.
    pub(super) fn write(self, take: &mut dyn FnMut(&str)) {
        let Self { before, redirects, hosts, behind } = self;
        before.into_iter().for_each(|text| take(&text));
        let mut written = Hosts { take, has_any: false };
        written.write(Some(redirects).filter(|text| !text.is_empty()).into_iter());
        for host in hosts {
            match Arc::try_unwrap(host) {
                Ok(host) => written.write(host.pieces.into_iter()),
                Err(host) => written.write(host.texts()),
            }
        }
        take(&behind);
    }

    /// The whole as one text.
    pub(super) fn whole(self) -> String {
        let hosts: usize = self.hosts.iter().map(|host| 1 + host.texts().map(str::len).sum::<usize>()).sum();
        let mut text = String::with_capacity(self.frame_size() + hosts + 2);
        self.write(&mut |part| text.push_str(part));
        text
    }

    /// Smaller configurations, of which each holds some of the hosts or of their routes.
    pub(super) fn portions(&self, take: &mut dyn FnMut(&str)) {
        let least = PORTION.max(self.frame_size());
        let (mut portion, mut size, mut has_any) = (Vec::new(), 0, false);
        for host in self.hosts.iter().map(|host| &**host) {
            // What stands around many routes is not repeated often.
            let least = least.max(host.frame_size());
            let mut from = 0;
            while from < host.pieces.len() {
                let pieces = from..host.end(from, least.saturating_sub(size).max(1));
                from = pieces.end;
                size += host.some(&pieces).map(str::len).sum::<usize>();
                portion.push((host, pieces));
                if size >= least {
                    take(&self.with(&std::mem::take(&mut portion), std::mem::take(&mut size)));
                    has_any = true;
                }
            }
        }
        if !portion.is_empty() || !has_any {
            take(&self.with(&portion, size));
        }
    }

    /// Bytes of what is for all hosts.
    fn frame_size(&self) -> usize {
        self.before.iter().map(String::len).sum::<usize>() + self.redirects.len() + self.behind.len()
    }

    /// The configuration with some pieces of hosts, which take so many bytes.
    fn with(&self, hosts: &[(&Host, Range<usize>)], size: usize) -> String {
        let mut text = String::with_capacity(self.frame_size() + size + hosts.len() + 2);
        self.before.iter().for_each(|before| text.push_str(before));
        let take = &mut |part: &str| text.push_str(part);
        let mut written = Hosts { take, has_any: false };
        written.write(Some(&self.redirects).filter(|text| !text.is_empty()).into_iter());
        hosts.iter().for_each(|(host, pieces)| written.write(host.some(pieces)));
        text.push_str(&self.behind);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(redirects: &str, hosts: Vec<Host>) -> Page {
        let hosts = hosts.into_iter().map(Arc::new).collect();
        Page { before: vec!["http {\n".into(), "  a;\n".into()], redirects: redirects.into(), hosts, behind: "}\n".into() }
    }

    fn host(text: &str) -> Host {
        Host::new(vec![Piece::Frame(text.to_owned())], false)
    }

    fn portions(page: &Page) -> Vec<String> {
        let mut portions = Vec::new();
        page.portions(&mut |text| portions.push(text.to_owned()));
        portions
    }

    #[test]
    fn an_empty_line_stands_between_the_pieces() {
        for (redirects, hosts, expected) in [
            ("", &[][..], "http {\n  a;\n}\n"),
            ("", &["\n  b;\n", "  c;\n"], "http {\n  a;\n\n  b;\n\n  c;\n}\n"),
            ("\n  r;\n", &["  b;\n"], "http {\n  a;\n\n  r;\n\n  b;\n}\n"),
        ] {
            let page = || page(redirects, hosts.iter().map(|text| host(text)).collect());
            assert_eq!(page().whole(), expected);
            assert_eq!(portions(&page()), [expected]);
        }
    }

    #[test]
    fn portions_hold_each_host_once() {
        let texts: Vec<String> = (0..8).map(|at| format!("{at:4}{}\n", "x".repeat(PORTION / 3))).collect();
        let page = page("", texts.iter().map(|text| host(text)).collect());
        let portions = portions(&page);
        assert_eq!(portions.len(), 3);
        assert!(portions.iter().all(|text| text.starts_with("http {\n  a;\n\n") && text.ends_with("}\n")));
        assert!(texts.iter().all(|host| portions.iter().filter(|text| text.contains(host)).count() == 1));
    }

    #[test]
    fn portions_hold_each_route_once_and_what_stands_around_it_always() {
        let routes: Vec<String> = (0..8).map(|at| format!("{at:4}{}\n", "x".repeat(PORTION / 3))).collect();
        let pieces = || {
            let frame = |text: &str| Piece::Frame(text.to_owned());
            let routes = routes.iter().map(|route| Piece::Part(route.clone()));
            [frame("server {\n")].into_iter().chain(routes).chain([frame("  end;\n}\n")]).collect()
        };
        let cut = portions(&page("", vec![Host::new(pieces(), false), host("  last;\n")]));
        assert_eq!(cut.len(), 3);
        assert!(cut.iter().all(|text| text.starts_with("http {\n  a;\n\nserver {\n") && text.contains("  end;\n}\n")));
        assert!(routes.iter().all(|route| cut.iter().filter(|text| text.contains(route)).count() == 1));
        assert_eq!(cut.iter().filter(|text| text.ends_with("  end;\n}\n\n  last;\n}\n")).count(), 1);
        assert_eq!(portions(&page("", vec![Host::new(pieces(), true)])).len(), 1);
    }
}
