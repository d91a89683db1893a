//! The file in portions of which each is a smaller configuration, for those who judge it.
//!
//! What was judged once is not written again: a location that says what another one said, of which nothing was found.

use super::configuration::{Frame, worth};
use super::location::Bodies;
use super::repeated::Shape;
use super::server::{self, Part};
use crate::diagnostic::{Diagnostic, Outcome};
use crate::ir::{Proxy, Server};
use crate::nginx::TakePortions;

/// Portions at most, so that many large ones do not repeat what is for all hosts too often.
const PORTIONS: usize = 64;

/// Writes the portions, one after the other: what is printed before one is given up with it. The next one is printed while one is read.
pub(super) fn write(proxy: &Proxy, file: &str, reader: &mut dyn TakePortions) -> Vec<Diagnostic> {
    let mut frame = Frame::new(proxy);
    let findings = std::mem::take(&mut frame.findings);
    let parts: Vec<Part> = server::redirects(proxy).chain(server::parts(proxy)).collect();
    let least = frame.least().max(parts.len() / PORTIONS);
    let mut portions = Portions { frame, rest: Some(&parts), least, findings };
    let mut next = portions.next();
    while let Some(Portion { text, shapes }) = next {
        let read = || {
            // What was read is given up at once, and not with the next one.
            reader.take(file, &text);
            drop(text);
        };
        next = rayon::join(read, || portions.next()).1;
        portions.learn(&shapes, reader);
    }
    portions.findings
}

/// A smaller configuration.
struct Portion<'a> {
    text: String,
    /// What its locations have in common with others, and the hosts that they are in.
    shapes: Vec<(&'a Server, Shape)>,
}

/// The portions that are left.
struct Portions<'f, 'a> {
    frame: Frame<'a>,
    /// Their parts; none: there is no portion any more.
    rest: Option<&'f [Part<'a>]>,
    /// Fewest parts of one.
    least: usize,
    findings: Vec<Diagnostic>,
}

impl<'a> Portions<'_, 'a> {
    fn next(&mut self) -> Option<Portion<'a>> {
        let (frame, rest) = (&self.frame, self.rest?);
        let again = |part: Part<'a>| part.print(&frame.shared, &frame.bodies).text;
        let begin = rest.first().and_then(|part| part.begun()).map(|server| again(Part::Begin(server)));
        let least = self.least.max(begin.as_ref().map_or(0, |begin| worth(begin.as_str().len())));
        let (parts, behind) = rest.split_at(cut(rest, least));
        let end = behind.first().and_then(|part| part.begun());
        self.rest = Some(behind).filter(|behind| !behind.is_empty());
        let Outcome { value: upstreams, diagnostics } = server::auth_upstreams(parts, &frame.shared);
        self.findings.extend(diagnostics);
        let (mut pieces, mut shapes) = (Vec::with_capacity(parts.len()), Vec::new());
        for (part, printed) in parts.iter().zip(frame.print_each(parts)) {
            pieces.push(printed.text);
            self.findings.extend(printed.findings);
            shapes.extend(part.server().zip(printed.shape));
        }
        // What is for all hosts names variables that each location sets: one of them is always there.
        if let Some(at) = parts.iter().position(|part| matches!(part, Part::Route(..))) {
            pieces[at] = parts[at].print(&frame.shared, &Bodies::default()).text;
        }
        // What is told of the end is told where it is printed for the last time.
        let end = end.map(|server| again(Part::End(server)));
        let text = frame.around([upstreams].into_iter().chain(begin).chain(pieces).chain(end));
        Some(Portion { text, shapes })
    }

    /// Takes note of what a reader found nothing in.
    fn learn(&mut self, shapes: &[(&Server, Shape)], reader: &dyn TakePortions) {
        for (server, shape) in shapes {
            // The names of these hosts are written as they are.
            if !self.frame.bodies.is_good(*shape) && reader.is_clean(&server.hostname) {
                self.frame.bodies.learn(*shape);
            }
        }
    }
}

/// Where the next portion ends: behind a host, or within one whose routes have nothing to do with each other.
fn cut(parts: &[Part], least: usize) -> usize {
    let Some(last) = parts.get(least) else { return parts.len() };
    match last {
        Part::Redirect(_) | Part::Begin(_) => least,
        Part::Route(server, ..) if server.has_twins() => {
            let rest = parts[least..].iter().position(|part| matches!(part, Part::End(_)));
            rest.map_or(parts.len(), |end| least + end + 1)
        }
        Part::Route(..) => least,
        Part::End(_) => least + 1,
    }
}
