//! The programs that an engine has. None is freed here: what is replaced travels back.

use std::sync::Arc;

use mag_graph::Program;
use rtrb::Producer;

/// Numbers that a graph may have: 0 to 255.
pub const GRAPHS: usize = 256;
/// Programs kept beyond their time because voices still play them, at most.
const SPARE: usize = 320;

/// Number under which a graph is known to the engine; the caller gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GraphId(pub u16);

/// Place of a program on the shelf.
pub(super) type Cell = u16;

/// Programs by number, and those that only sounding voices still need.
pub(super) struct Shelf {
    cells: Vec<Option<Arc<Program>>>,
    free: Vec<Cell>,
    names: Vec<Option<Cell>>,
    retired: Vec<Cell>,
    back: Option<Producer<Arc<Program>>>,
}

impl Shelf {
    /// An empty shelf.
    pub fn new() -> Self {
        let room = GRAPHS + SPARE;
        Shelf {
            cells: (0..room).map(|_| None).collect(),
            free: (0..room as Cell).rev().collect(),
            names: vec![None; GRAPHS],
            retired: Vec::with_capacity(room),
            back: None,
        }
    }

    /// From now on what is no longer needed travels back through `back`, which has room for all
    /// that may ever be on its way.
    pub fn give_back_through(&mut self, back: Producer<Arc<Program>>) {
        self.back = Some(back);
    }

    /// Where the program `id` lies.
    pub fn find(&self, id: GraphId) -> Option<Cell> {
        self.names.get(usize::from(id.0)).copied().flatten()
    }

    /// The program in a cell.
    pub fn get(&self, cell: Cell) -> Option<&Program> {
        self.cells.get(usize::from(cell))?.as_deref()
    }

    /// Puts `program`, or nothing, in the place of what `id` named.
    pub fn replace(&mut self, id: GraphId, program: Option<Arc<Program>>) {
        let Some(name) = self.names.get_mut(usize::from(id.0)) else {
            return self.give_back(program);
        };
        self.retired.extend(name.take());
        let Some(program) = program else { return };
        match self.free.pop() {
            Some(cell) => {
                *name = Some(cell);
                self.cells[usize::from(cell)] = Some(program);
            }
            // More programs sound than voices exist: this cannot be.
            None => self.give_back(Some(program)),
        }
    }

    /// Sends back the retired programs that nobody uses.
    pub fn clear_out(&mut self, mut used: impl FnMut(Cell) -> bool) {
        let mut i = 0;
        while let Some(&cell) = self.retired.get(i) {
            if used(cell) {
                i += 1;
                continue;
            }
            self.retired.swap_remove(i);
            let program = self.cells[usize::from(cell)].take();
            self.give_back(program);
            self.free.push(cell);
        }
    }

    fn give_back(&mut self, program: Option<Arc<Program>>) {
        if let (Some(program), Some(back)) = (program, &mut self.back)
            && let Err(rtrb::PushError::Full(program)) = back.push(program)
        {
            // Its memory is lost rather than freed here.
            core::mem::forget(program);
        }
    }
}
