//! Surgery on a real plugin: a function that no compiler would make is put into it, and everything around it stays as it was. So what it does
//! reaches the host, and is not refused for its shape.

use std::ops::Range;
use wasm_encoder::{
    CodeSection, Encode, ExportKind, ExportSection, Function, FunctionSection, Module, RawSection, RefType, StartSection, TableSection,
    TableType,
};
use wasmparser::{ExternalKind, Parser, Payload, TypeRef};

/// Where the new function is called.
#[derive(Clone, Copy, Debug)]
pub enum Site {
    /// Before anything else, in every instance.
    Start,
    /// In the place of what the component calls by this name, or by a name that ends with it.
    Export(&'static str),
    /// Nowhere.
    Nowhere,
}

/// The component with these functions in it. The first is called at the site, which says what its type is; the others are as it.
pub fn graft(component: &[u8], site: Site, functions: &[Function]) -> Vec<u8> {
    let module = main_module(component);
    let host = Host::read(&component[module.clone()]);
    put(component, module, &host.with(site, functions))
}

/// The nested module that exports the plugin.
fn main_module(component: &[u8]) -> Range<usize> {
    let modules = Parser::new(0).parse_all(component).filter_map(|payload| match payload.expect("it was built") {
        Payload::ModuleSection { unchecked_range, .. } => Some(unchecked_range),
        _ => None,
    });
    let mut modules: Vec<Range<usize>> = modules.collect();
    modules.retain(|range| Host::read(&component[range.clone()]).exports.iter().any(|(name, _, _)| name.ends_with("#handle")));
    modules.pop().expect("a plugin exports it")
}

/// The component with another module in the place of one of its own.
fn put(component: &[u8], old: Range<usize>, new: &[u8]) -> Vec<u8> {
    const MODULE: u8 = 1;
    let mut length = Vec::new();
    old.len().encode(&mut length);
    let section = old.start - length.len() - 1;
    assert_eq!(component[section], MODULE, "a length is written in as few bytes as can be");
    let mut bytes = component[..section].to_vec();
    bytes.push(MODULE);
    new.encode(&mut bytes);
    bytes.extend(&component[old.end..]);
    bytes
}

/// A core module, as far as something is put into it.
#[derive(Default)]
struct Host<'m> {
    sections: Vec<(u8, &'m [u8])>,
    exports: Vec<(&'m str, ExternalKind, u32)>,
    /// The types of its own functions.
    types: Vec<u32>,
    bodies: Vec<&'m [u8]>,
    imported: u32,
    /// The type of a function that takes nothing and gives nothing.
    unit: u32,
    table: u64,
}

impl<'m> Host<'m> {
    fn read(module: &'m [u8]) -> Self {
        let mut host = Self::default();
        for payload in Parser::new(0).parse_all(module) {
            let payload = payload.expect("it was built");
            if let Some((id, range)) = payload.as_section() {
                host.sections.push((id, &module[range]));
            }
            host.note(payload);
        }
        host
    }

    fn note(&mut self, payload: Payload<'m>) {
        match payload {
            Payload::TypeSection(types) => {
                let mut functions = types.into_iter_err_on_gc_types().map(|function| function.expect("it was built"));
                self.unit = functions.position(|function| function.params().is_empty() && function.results().is_empty()).map_or(0, index);
            }
            Payload::ImportSection(imports) => {
                let functions =
                    imports.into_imports().filter(|import| matches!(import.as_ref().expect("it was built").ty, TypeRef::Func(_)));
                self.imported = index(functions.count());
            }
            Payload::FunctionSection(functions) => self.types = functions.into_iter().map(|of| of.expect("it was built")).collect(),
            Payload::CodeSectionEntry(body) => self.bodies.push(body.as_bytes()),
            Payload::TableSection(tables) => self.table = tables.into_iter().next().expect("a table").expect("it was built").ty.initial,
            Payload::ExportSection(exports) => {
                let exports = exports.into_iter().map(|export| export.expect("it was built"));
                self.exports = exports.map(|export| (export.name, export.kind, export.index)).collect();
            }
            _ => {}
        }
    }

    fn with(&self, site: Site, functions: &[Function]) -> Vec<u8> {
        let first = self.imported + index(self.types.len());
        let replaced = match site {
            Site::Export(name) => Some(self.exports.iter().position(|(export, _, _)| export.ends_with(name)).expect("it exports that")),
            _ => None,
        };
        let of = replaced.map_or(self.unit, |export| self.types[(self.exports[export].2 - self.imported) as usize]);
        let mut module = Module::new();
        for (id, data) in &self.sections {
            match *id {
                FUNCTIONS => module.section(&self.declared(of, functions.len())),
                TABLES => module.section(&self.growing_table()),
                EXPORTS => module.section(&self.exported(replaced, first)),
                CODE => module.section(&self.code(functions)),
                id => module.section(&RawSection { id, data }),
            };
            if *id == EXPORTS && matches!(site, Site::Start) {
                module.section(&StartSection { function_index: first });
            }
        }
        module.finish()
    }

    fn declared(&self, of: u32, count: usize) -> FunctionSection {
        let mut section = FunctionSection::new();
        for ty in self.types.iter().copied().chain(std::iter::repeat_n(of, count)) {
            section.function(ty);
        }
        section
    }

    /// A compiler makes tables that do not grow.
    fn growing_table(&self) -> TableSection {
        let mut section = TableSection::new();
        section.table(TableType { element_type: RefType::FUNCREF, table64: false, minimum: self.table, maximum: None, shared: false });
        section
    }

    fn code(&self, functions: &[Function]) -> CodeSection {
        let mut section = CodeSection::new();
        for body in &self.bodies {
            section.raw(body);
        }
        for function in functions {
            section.function(function);
        }
        section
    }

    fn exported(&self, replaced: Option<usize>, first: u32) -> ExportSection {
        let mut section = ExportSection::new();
        for (number, (name, of, index)) in self.exports.iter().enumerate() {
            let index = if replaced == Some(number) { first } else { *index };
            section.export(name, kind(*of), index);
        }
        section
    }
}

const FUNCTIONS: u8 = 3;
const TABLES: u8 = 4;
const EXPORTS: u8 = 7;
const CODE: u8 = 10;

fn kind(of: ExternalKind) -> ExportKind {
    match of {
        ExternalKind::Func | ExternalKind::FuncExact => ExportKind::Func,
        ExternalKind::Table => ExportKind::Table,
        ExternalKind::Memory => ExportKind::Memory,
        ExternalKind::Global => ExportKind::Global,
        ExternalKind::Tag => ExportKind::Tag,
    }
}

fn index(position: usize) -> u32 {
    u32::try_from(position).expect("a module is not that large")
}
