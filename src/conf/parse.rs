//! Tokens to a tree. An error costs as little of the text as it can: what is missing is assumed, and reading goes on.

use super::lex::{self, Lexed, Token};
use super::lua;
use super::records::{ArgRecord, Kind, Quoting, Record, Section};
use super::tree::Tree;
use crate::diagnostic::{Diagnostic, Outcome, Severity};
use crate::source::{FileId, Span};

/// Blocks within blocks, at most. The controller's own files stay below ten.
pub const MAX_DEPTH: usize = 100;

/// The bytes that an argument may have, without its opening quote: nginx reads through a buffer of 4096 bytes that must also
/// hold the byte behind the argument.
pub const MAX_TOKEN: usize = 4095;

/// Findings per text, at most: a hostile text could hold one per byte.
const MAX_FINDINGS: usize = 100;

/// Lines of fewer bytes are not counted on to hold a directive.
const LEAST_LINE: usize = 16;

const RULE: &str = "nginx-conf-syntax";

/// Reads a configuration: one file, or the output of `nginx -T`. There is always a tree; what was wrong is in the diagnostics.
#[must_use]
pub fn parse(file: FileId, text: &str) -> Outcome<Tree<'_>> {
    let section = Section { path: None, nodes: 0..0 };
    // Most lines hold one directive of two or three words; of lines without any, not too much is made.
    let lines = memchr::memchr_iter(b'\n', text.as_bytes()).count().min(text.len() / LEAST_LINE);
    let (nodes, args) = (Vec::with_capacity(lines), Vec::with_capacity(3 * lines));
    let tree = Tree { file, text, nodes, args, files: vec![section] };
    let mut reader =
        Reader { tree, diagnostics: Vec::new(), open: Vec::new(), pending: 0, held: Vec::new(), same_line: false, has_escapes: false };
    if u32::try_from(text.len()).is_ok() {
        reader.read();
    } else {
        reader.report(0..0, "the file is larger than 4 GiB");
    }
    Outcome { value: reader.tree, diagnostics: reader.diagnostics }
}

struct Reader<'t> {
    tree: Tree<'t>,
    diagnostics: Vec<Diagnostic>,
    /// The blocks around the place of reading, as indexes of nodes.
    open: Vec<u32>,
    /// The index of the first argument of the directive that is being read.
    pending: u32,
    /// Comments between the arguments of that directive; they go behind its head.
    held: Vec<(u32, u32)>,
    /// Whether something that is kept ends on the line of reading.
    same_line: bool,
    /// Whether a backslash stands in the token that was read last.
    has_escapes: bool,
}

impl<'t> Reader<'t> {
    fn read(&mut self) {
        let mut rest = self.tree.text.as_bytes();
        while let Some(Lexed { behind, token, has_escapes }) = self.next_token(&mut rest) {
            self.has_escapes = has_escapes;
            let (start, end) = (self.offset(rest), self.offset(behind));
            rest = behind;
            match token {
                Token::Bare => self.arg(Quoting::Bare, start, end),
                Token::Single => self.quoted(Quoting::Single, start, end, behind),
                Token::Double => self.quoted(Quoting::Double, start, end, behind),
                Token::Comment => self.comment(start, end),
                Token::End => self.end_directive(start, end),
                Token::Close => self.close(start, end),
                Token::Open if self.is_lua() => match lua::body(behind) {
                    Some((after, code)) => {
                        self.lua(end, code.len(), self.offset(after));
                        rest = after;
                    }
                    None => return self.stop(start, "the Lua code behind this `{` is never closed"),
                },
                Token::Open if self.open.len() >= MAX_DEPTH => {
                    return self.stop(start, &format!("blocks nest deeper than {MAX_DEPTH} levels; the rest is not read"));
                }
                Token::Open => self.open_block(start, end),
            }
        }
        self.end_of_file();
    }

    /// Moves `rest` to the next token and returns it with what follows; nothing at the end of the text.
    fn next_token(&mut self, rest: &mut &'t [u8]) -> Option<Lexed<'t>> {
        let (behind, blank) = lex::space(rest);
        if blank.contains(&b'\n') {
            self.same_line = false;
        }
        *rest = behind;
        if behind.is_empty() {
            return None;
        }
        let found = lex::token(behind);
        if found.is_none() {
            let message = match behind.first() {
                Some(b'"' | b'\'') => "this quote is never closed",
                _ => "the text ends behind a backslash",
            };
            self.report(self.offset(behind) as usize..self.offset(behind) as usize + 1, message);
            self.drop_pending();
        }
        found
    }

    fn offset(&self, rest: &[u8]) -> u32 {
        narrow(self.tree.text.len() - rest.len())
    }

    fn arg(&mut self, quoting: Quoting, start: u32, end: u32) {
        let quotes = if quoting == Quoting::Bare { 0 } else { 2 };
        if (end - start) as usize > MAX_TOKEN + quotes {
            let message = format!("nginx refuses an argument of more than {MAX_TOKEN} bytes");
            self.report(start as usize..end as usize, &message);
        }
        // What may end on this line from here on is this directive.
        self.same_line = false;
        self.tree.args.push(ArgRecord { quoting, has_escapes: self.has_escapes, start, end });
    }

    fn quoted(&mut self, quoting: Quoting, start: u32, end: u32, behind: &[u8]) {
        // `)` is allowed because conditions end as `"x")`; a missing `;` before `}` has its own message.
        let may_follow = matches!(behind.first(), None | Some(b' ' | b'\t' | b'\r' | b'\n' | b';' | b'{' | b'}' | b')'));
        if !may_follow {
            self.report(start as usize..end as usize + 1, "behind a closing quote stands neither white space nor `;`, `{` or `)`");
        }
        self.arg(quoting, start, end);
    }

    fn comment(&mut self, start: u32, end: u32) {
        let text = self.tree.text.get(start as usize..end as usize).unwrap_or_default().trim_end();
        let end = start + narrow(text.len());
        if self.starts_file(text) {
            self.finish_pending();
            self.start_file(start, end);
        } else if self.has_pending() {
            self.held.push((start, end));
        } else {
            let kind = if self.same_line { Kind::Trailing } else { Kind::Comment };
            self.same_line = false;
            self.keep(kind, start, end);
        }
    }

    /// Whether a comment is the header of a file in a dump. In a text that does not begin with one, and within blocks, it is
    /// a comment like any other, because a tenant may have written it.
    fn starts_file(&self, comment: &str) -> bool {
        let is_dump = self.tree.files.last().is_some_and(|section| section.path.is_some());
        let is_first = self.tree.nodes.is_empty() && !self.has_pending();
        header_path(comment).is_some() && self.open.is_empty() && !self.same_line && (is_dump || is_first)
    }

    fn start_file(&mut self, start: u32, end: u32) {
        let path = start as usize + HEADER.len()..end as usize - 1;
        let at = narrow(self.tree.nodes.len());
        let section = Section { path: Some(path), nodes: at..at };
        match self.tree.files.last_mut() {
            Some(only) if only.path.is_none() => *only = section,
            _ => self.tree.files.push(section),
        }
    }

    fn end_directive(&mut self, start: u32, end: u32) {
        if self.has_pending() {
            self.keep_directive(Kind::Simple, end);
        } else {
            self.same_line = false;
            // nginx refuses it, and yet it is clear what was meant: a template with an empty value writes it.
            self.tell(Severity::Warning, start as usize..end as usize, "this `;` ends nothing");
        }
    }

    fn lua(&mut self, start: u32, length: usize, end: u32) {
        self.tree.args.push(ArgRecord { quoting: Quoting::Bare, has_escapes: true, start, end: start + narrow(length) });
        self.keep_directive(Kind::Lua, end);
    }

    fn open_block(&mut self, start: u32, end: u32) {
        if !self.has_pending() {
            self.report(start as usize..end as usize, "a block without a name");
        }
        let start = self.pending_start().unwrap_or(start);
        let at = narrow(self.tree.nodes.len());
        self.keep(Kind::Block, start, end);
        self.open.push(at);
        self.release_held();
    }

    fn close(&mut self, start: u32, end: u32) {
        self.finish_pending();
        match self.open.pop() {
            Some(at) => {
                self.end_block(at, end);
                self.same_line = true;
            }
            None => {
                self.same_line = false;
                self.report(start as usize..end as usize, "this `}` closes nothing");
            }
        }
    }

    fn end_block(&mut self, at: u32, end: u32) {
        let next = narrow(self.tree.nodes.len());
        if let Some(block) = self.tree.nodes.get_mut(at as usize) {
            block.end = end;
            block.next = next;
        }
    }

    /// Keeps a directive that lacks its `;`.
    fn finish_pending(&mut self) {
        let end = self.tree.args.last().map(|arg| arg.end);
        if let (Some(start), Some(end)) = (self.pending_start(), end) {
            self.report(start as usize..end as usize, "this directive does not end with `;`");
            self.keep_directive(Kind::Simple, end);
        }
    }

    fn drop_pending(&mut self) {
        self.tree.args.truncate(self.pending as usize);
        self.held.clear();
    }

    fn stop(&mut self, at: u32, message: &str) {
        self.report(at as usize..at as usize + 1, message);
        self.drop_pending();
        self.close_all();
    }

    fn end_of_file(&mut self) {
        self.finish_pending();
        if let Some(block) = self.open.last().and_then(|&at| self.tree.nodes.get(at as usize)) {
            let last = self.tree.args.get(block.first_arg as usize..block.last_arg as usize).and_then(<[_]>::last);
            let end = last.map_or(block.end, |arg| arg.end);
            self.report(block.start as usize..end as usize, "this block is never closed");
        }
        self.close_all();
    }

    fn close_all(&mut self) {
        let end = narrow(self.tree.text.len());
        while let Some(at) = self.open.pop() {
            self.end_block(at, end);
        }
    }

    fn has_pending(&self) -> bool {
        self.tree.args.len() > self.pending as usize
    }

    fn pending_start(&self) -> Option<u32> {
        self.tree.args.get(self.pending as usize).map(|name| name.start)
    }

    fn is_lua(&self) -> bool {
        let name = self.tree.args.get(self.pending as usize);
        name.is_some_and(|name| self.tree.value_of(name).ends_with("_by_lua_block"))
    }

    fn keep_directive(&mut self, kind: Kind, end: u32) {
        let start = self.pending_start().unwrap_or(end);
        self.keep(kind, start, end);
        self.release_held();
    }

    /// Adds a node and, to the file, its place.
    fn keep(&mut self, kind: Kind, start: u32, end: u32) {
        let is_comment = matches!(kind, Kind::Comment | Kind::Trailing);
        let last_arg = narrow(self.tree.args.len());
        let first_arg = if is_comment { last_arg } else { self.pending };
        let depth = u8::try_from(self.open.len()).unwrap_or(u8::MAX);
        let next = narrow(self.tree.nodes.len() + 1);
        self.tree.nodes.push(Record { kind, depth, start, end, first_arg, last_arg, next });
        if !is_comment {
            self.pending = last_arg;
            self.same_line = true;
        }
        if let Some(section) = self.tree.files.last_mut() {
            section.nodes.end = next;
        }
    }

    fn release_held(&mut self) {
        for (start, end) in std::mem::take(&mut self.held) {
            self.keep(Kind::Comment, start, end);
            self.same_line = false;
        }
    }

    fn report(&mut self, range: std::ops::Range<usize>, message: &str) {
        self.tell(Severity::Error, range, message);
    }

    fn tell(&mut self, severity: Severity, range: std::ops::Range<usize>, message: &str) {
        if self.diagnostics.len() > MAX_FINDINGS {
            return;
        }
        let is_last = self.diagnostics.len() == MAX_FINDINGS;
        let message = if is_last { "there are more errors, which are not shown" } else { message };
        let end = range.end.min(self.tree.text.len());
        let span = Span::new(self.tree.file, range.start.min(end)..end);
        self.diagnostics.push(Diagnostic::new(severity, RULE, message).at(span));
    }
}

const HEADER: &str = "# configuration file ";

fn header_path(comment: &str) -> Option<&str> {
    comment.strip_prefix(HEADER)?.strip_suffix(':')
}

/// Offsets and counts fit: each is at most the length of a text that was checked to fit.
fn narrow(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::super::{Directive, Node, print};
    use super::*;

    fn read(text: &str) -> Outcome<Tree<'_>> {
        parse(FileId(0), text)
    }

    /// The tree in short: `name(arg,arg){...}`, comments as they are.
    fn short(text: &str) -> String {
        fn write(directive: Directive<'_>) -> String {
            let args: Vec<_> = directive.args().map(|arg| arg.value().into_owned()).collect();
            let head = format!("{}({})", directive.name(), args.join("|"));
            match directive.lua() {
                Some(code) => format!("{head}<{code}>"),
                None if directive.is_block() => format!("{head}{{{}}}", all(directive.nodes())),
                None => head,
            }
        }
        fn all<'a>(nodes: impl Iterator<Item = Node<'a>>) -> String {
            let written = nodes.map(|node| match node {
                Node::Directive(directive) => write(directive),
                Node::Comment(comment) if comment.is_trailing() => format!("<-{}", comment.text()),
                Node::Comment(comment) => comment.text().to_owned(),
            });
            written.collect::<Vec<_>>().join(" ")
        }
        let tree = read(text).value;
        tree.files()
            .map(|file| file.path().map(|path| format!("{path}=")).unwrap_or_default() + &all(file.nodes()))
            .collect::<Vec<_>>()
            .join(" ")
    }

    fn messages(text: &str) -> Vec<String> {
        let found = read(text).diagnostics.into_iter();
        found.map(|one| format!("{}: {}", one.span.map_or("", |span| &text[span.range()]), one.message)).collect()
    }

    #[test]
    fn shapes_of_directives() {
        for (text, expected) in [
            ("", ""),
            ("a;", "a()"),
            ("a b 'c d' \"e\\\"f\";", "a(b|c d|e\"f)"),
            ("http{server{listen 80;}}", "http(){server(){listen(80)}}"),
            ("if ($a = \"b\") { return 403; }", "if(($a|=|b|)){return(403)}"),
            ("map $a $b { \"~^x{2}\" 1; }", "map($a|$b){~^x{2}(1)}"),
            ("location ~* \"^/a;b\" {}", "location(~*|^/a;b){}"),
            ("set $a ${b}c;", "set($a|${b}c)"),
            ("content_by_lua_block { if a then b = \"}\" end }", "content_by_lua_block()< if a then b = \"}\" end >"),
            ("set_by_lua_block $x { return {} } a;", "set_by_lua_block($x)< return {} > a()"),
            ("\u{e4} \u{f6};", "\u{e4}(\u{f6})"),
        ] {
            assert_eq!(short(text), expected, "{text}");
            assert_eq!(messages(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn comments_keep_their_places() {
        for (text, expected) in [
            ("# a\nb; # c\n# d", "# a b() <-# c # d"),
            ("a { # b\n} # c\n", "a(){<-# b} <-# c"),
            ("a b # c\n d; # e\nf;", "a(b|d) # c # e f()"),
            ("a # b\n { c; }", "a(){# b c()}"),
            ("## start server x.org\r\na;", "## start server x.org a()"),
        ] {
            assert_eq!(short(text), expected, "{text}");
        }
    }

    #[test]
    fn markers_name_their_server() {
        let outcome = read("## start server _\n## end server a.b\n## begin\n");
        let markers = outcome.value.files().flat_map(|file| file.nodes()).map(|node| match node {
            Node::Comment(comment) => comment.marker(),
            Node::Directive(_) => None,
        });
        let markers: Vec<_> = markers.collect();
        assert_eq!(markers, [Some(super::super::Marker::Start("_")), Some(super::super::Marker::End("a.b")), None]);
    }

    #[test]
    fn a_dump_holds_several_files() {
        let text =
            "# configuration file /a:\nb;\n\n# configuration file /c d:\ne { # configuration file /f:\n# configuration file /g:\n}\n";
        assert_eq!(short(text), "/a=b() /c d=e(){<-# configuration file /f: # configuration file /g:}");
        assert_eq!(short("a;\n# configuration file /b:\nc;"), "a() # configuration file /b: c()");
    }

    #[test]
    fn errors_cost_little() {
        for (text, tree, expected) in [
            ("a; ; b;", "a() b()", &[";: this `;` ends nothing"][..]),
            ("a { b c } d;", "a(){b(c)} d()", &["b c: this directive does not end with `;`"]),
            ("a; } b;", "a() b()", &["}: this `}` closes nothing"]),
            ("{ a; } b;", "(){a()} b()", &["{: a block without a name"]),
            ("a { b; c", "a(){b() c()}", &["c: this directive does not end with `;`", "a: this block is never closed"]),
            ("a \"b\"c;", "a(b|c)", &["\"b\"c: behind a closing quote stands neither white space nor `;`, `{` or `)`"]),
            ("a; b 'c;", "a()", &["': this quote is never closed"]),
            ("a { b; c \\", "a(){b()}", &["\\: the text ends behind a backslash", "a: this block is never closed"]),
            ("a { x_by_lua_block { '", "a(){}", &["{: the Lua code behind this `{` is never closed"]),
        ] {
            assert_eq!(short(text), tree, "{text}");
            assert_eq!(messages(text), expected, "{text}");
        }
    }

    #[test]
    fn limits_hold() {
        let deep = "a{".repeat(100_000);
        assert!(messages(&deep).iter().any(|message| message.contains("deeper than 100")));
        assert_eq!(read(&";".repeat(100_000)).diagnostics.len(), MAX_FINDINGS + 1);
        let fits = format!("a {};", "x".repeat(MAX_TOKEN));
        assert_eq!(read(&fits).diagnostics, []);
        assert_eq!(read(&format!("a '{}';", "x".repeat(MAX_TOKEN + 1))).diagnostics.len(), 1);
    }

    #[test]
    fn any_text_prints_to_what_parses_the_same() {
        use proptest::prelude::*;
        let pieces = prop::sample::select(vec![
            "a",
            " ",
            "\n",
            ";",
            "{",
            "}",
            "'",
            "\"",
            "\\",
            "#",
            "$",
            "${",
            "=",
            "[[",
            "]]",
            "--",
            "x_by_lua_block",
            "\u{e4}",
            "\r",
            "\t",
            "(",
            ")",
            "# configuration file /x:\n",
            "## start server y\n",
            "\0",
        ]);
        proptest!(ProptestConfig::with_cases(4096), |(words in prop::collection::vec(pieces, 0..40))| {
            let text = words.concat();
            let tree = read(&text).value;
            let printed = print(&tree);
            let again = read(&printed).value;
            prop_assert!(again == tree, "{text:?} -> {printed:?}");
            prop_assert_eq!(print(&again), printed);
        });
    }
}
