import type { FilteredArch } from "./syscalls.ts";

/** A call through the table of addresses that the loader fills in; the number is the slot. */
interface Call {
  call: number;
}
/** Bytes in hex (x64), a whole instruction (arm64), or a call. */
type Step = string | number | Call;

/**
 * Two functions. The first is what Node runs when it loads the module: it makes a function of the second and returns
 * it. The second reads three numbers, asks the kernel (`waitid`), and returns the `si_pid` of its answer, or the error.
 */
const x64: readonly Step[] = [
  "4883ec18", // sub rsp,0x18
  "31f6", // xor esi,esi
  "31d2", // xor edx,edx
  "488d0d18000000", // lea rcx,[called]
  "4531c0", // xor r8d,r8d
  "4c8d4c2408", // lea r9,[rsp+0x8]
  { call: 0 }, // napi_create_function
  "488b442408", // mov rax,[rsp+0x8]
  "4883c418", // add rsp,0x18
  "c3", // ret
  "53", // push rbx
  "4881ecc0000000", // sub rsp,0xc0
  "4889fb", // mov rbx,rdi
  "48c7042403000000", // mov [rsp],0x3
  "4889e2", // mov rdx,rsp
  "488d4c2408", // lea rcx,[rsp+0x8]
  "4531c0", // xor r8d,r8d
  "4531c9", // xor r9d,r9d
  { call: 1 }, // napi_get_cb_info
  "4889df", // mov rdi,rbx
  "488b742408", // mov rsi,[rsp+0x8]
  "488d542420", // lea rdx,[rsp+0x20]
  { call: 2 }, // napi_get_value_int32
  "4889df", // mov rdi,rbx
  "488b742410", // mov rsi,[rsp+0x10]
  "488d542424", // lea rdx,[rsp+0x24]
  { call: 2 }, // napi_get_value_int32
  "4889df", // mov rdi,rbx
  "488b742418", // mov rsi,[rsp+0x18]
  "488d542428", // lea rdx,[rsp+0x28]
  { call: 2 }, // napi_get_value_int32
  "8b7c2420", // mov edi,[rsp+0x20]
  "8b742424", // mov esi,[rsp+0x24]
  "488d542440", // lea rdx,[rsp+0x40]
  "448b542428", // mov r10d,[rsp+0x28]
  "4531c0", // xor r8d,r8d
  "b8f7000000", // mov eax,0xf7
  "0f05", // syscall
  "89c6", // mov esi,eax
  "85c0", // test eax,eax
  "7804", // js over the next
  "8b742450", // mov esi,[rsp+0x50]
  "4889df", // mov rdi,rbx
  "488d542430", // lea rdx,[rsp+0x30]
  { call: 3 }, // napi_create_int32
  "488b442430", // mov rax,[rsp+0x30]
  "4881c4c0000000", // add rsp,0xc0
  "5b", // pop rbx
  "c3", // ret
];

const arm64: readonly Step[] = [
  0xa9be7bfd, // stp x29, x30, [sp, #-32]!
  0xd2800001, // mov x1, #0x0
  0xd2800002, // mov x2, #0x0
  0x10000103, // adr x3, called
  0xd2800004, // mov x4, #0x0
  0x910043e5, // add x5, sp, #0x10
  { call: 0 }, // napi_create_function
  0xf9400be0, // ldr x0, [sp, #16]
  0xa8c27bfd, // ldp x29, x30, [sp], #32
  0xd65f03c0, // ret
  0xa9b37bfd, // stp x29, x30, [sp, #-208]!
  0xf9000bf3, // str x19, [sp, #16]
  0xaa0003f3, // mov x19, x0
  0xd2800062, // mov x2, #0x3
  0xf9000fe2, // str x2, [sp, #24]
  0x910063e2, // add x2, sp, #0x18
  0x910083e3, // add x3, sp, #0x20
  0xd2800004, // mov x4, #0x0
  0xd2800005, // mov x5, #0x0
  { call: 1 }, // napi_get_cb_info
  0xaa1303e0, // mov x0, x19
  0xf94013e1, // ldr x1, [sp, #32]
  0x9100e3e2, // add x2, sp, #0x38
  { call: 2 }, // napi_get_value_int32
  0xaa1303e0, // mov x0, x19
  0xf94017e1, // ldr x1, [sp, #40]
  0x9100f3e2, // add x2, sp, #0x3c
  { call: 2 }, // napi_get_value_int32
  0xaa1303e0, // mov x0, x19
  0xf9401be1, // ldr x1, [sp, #48]
  0x910103e2, // add x2, sp, #0x40
  { call: 2 }, // napi_get_value_int32
  0xb9403be0, // ldr w0, [sp, #56]
  0xb9403fe1, // ldr w1, [sp, #60]
  0x910143e2, // add x2, sp, #0x50
  0xb94043e3, // ldr w3, [sp, #64]
  0xd2800004, // mov x4, #0x0
  0xd2800be8, // mov x8, #0x5f
  0xd4000001, // svc #0x0
  0x2a0003e1, // mov w1, w0
  0x37f80040, // tbnz w0, #31, over the next
  0xb94063e1, // ldr w1, [sp, #96]
  0xaa1303e0, // mov x0, x19
  0x910123e2, // add x2, sp, #0x48
  { call: 3 }, // napi_create_int32
  0xf94027e0, // ldr x0, [sp, #72]
  0xf9400bf3, // ldr x19, [sp, #16]
  0xa8cd7bfd, // ldp x29, x30, [sp], #208
  0xd65f03c0, // ret
];

/** The machine code for `arch`, to be loaded at `codeAddress`, with the table of addresses at `tableAddress`. */
export function assembleReaper(arch: FilteredArch, codeAddress: number, tableAddress: number): Buffer {
  const parts: Buffer[] = [];
  let at = codeAddress;
  for (const step of arch === "x64" ? x64 : arm64) {
    const part =
      typeof step === "object" ? encodeCall(arch, tableAddress + step.call * 8 - at) : encode(step);
    parts.push(part);
    at += part.length;
  }
  return Buffer.concat(parts);
}

function encode(step: string | number): Buffer {
  if (typeof step === "string") return Buffer.from(step, "hex");
  const word = Buffer.alloc(4);
  word.writeUInt32LE(step);
  return word;
}

/** `distance` leads from the call itself to its slot. */
function encodeCall(arch: FilteredArch, distance: number): Buffer {
  if (arch === "x64") {
    const bytes = Buffer.from("ff1500000000", "hex"); // call [rip + what is left behind the call]
    bytes.writeInt32LE(distance - bytes.length, 2);
    return bytes;
  }
  const loadWord = 0x58000006 + ((distance / 4) << 5); // ldr x6, [slot]
  return Buffer.concat([encode(loadWord), encode(0xd63f00c0)]); // blr x6
}
