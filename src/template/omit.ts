/** The value of `omit`: an argument that has it is left out. Contains what nobody writes by accident. */
export const OMIT = '__omit_place_holder__9c1f6d3b7a2e4c58';
