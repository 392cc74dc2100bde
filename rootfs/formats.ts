// What a file is, by how it begins: a tar archive, a compressed file, or something else that people
// take for a root file system.

/** So much of a file has to be seen to tell. */
export const HEAD = 72 * 1024

interface Compression {
  /** Its first bytes, in latin1. */
  magic: string
  /** Reads it from standard input and writes the content to standard output. */
  command: [program: string, ...args: string[]]
}

const COMPRESSIONS: Compression[] = [
  { magic: '\x1f\x8b', command: ['gzip', '-dc'] },
  { magic: '\x1f\x9d', command: ['gzip', '-dc'] },
  { magic: 'BZh', command: ['bzip2', '-dc'] },
  { magic: '\xfd7zXZ\0', command: ['xz', '-dc'] },
  { magic: ']\0\0', command: ['xz', '--format=lzma', '-dc'] },
  { magic: '\x28\xb5\x2f\xfd', command: ['zstd', '-dc'] },
  { magic: '\x04\x22\x4d\x18', command: ['lz4', '-dc'] },
  { magic: 'LZIP', command: ['lzip', '-dca'] },
  { magic: '\x89LZO', command: ['lzop', '-dc'] },
]

/** What to install for a program: most are in a package of their name. */
export const install = (program: string) =>
  `Install the package ${program === 'xz' ? 'xz-utils (Debian, Ubuntu) or xz' : program}`

export const compressionOf = (head: Buffer): Compression | undefined =>
  COMPRESSIONS.find(({ magic }) => has(head, magic))

/** Whether `head` begins with the header of a tar archive: its checksum is right. */
export function isTar(head: Buffer): boolean {
  const header = head.subarray(0, 512)
  const stored = Number.parseInt(header.toString('latin1', 148, 156).trim(), 8)
  const sum = (read: (at: number) => number) =>
    header.reduce((total, _, at) => total + (at >= 148 && at < 156 ? 0x20 : read(at)), 0)
  // Some old programs took bytes for signed numbers.
  return (
    header.length === 512 &&
    (sum((at) => header.readUInt8(at)) === stored || sum((at) => header.readInt8(at)) === stored)
  )
}

const TO_TAR = 'Make a tar archive of it with: bsdtar -cf NAME.tar @FILE (libarchive-tools)'
const DISK =
  'Its files come out with: virt-tar-out -a FILE / NAME.tar (libguestfs-tools). ' +
  'Many distributions offer a root file system as a .tar.xz beside it'
const MOUNT = 'Make a tar archive: sudo mount -o ro FILE DIR; sudo tar -C DIR -cf NAME.tar .'
const AGAIN = 'Make one with: docker export -o NAME.tar CONTAINER'

const OTHERS: [magic: string, at: number, what: string, advice: string][] = [
  ['\xff\xfe', 0, "text in UTF-16, as PowerShell's > makes of any file", AGAIN],
  ['\xfe\xff', 0, 'text in UTF-16', AGAIN],
  ['PK\x03\x04', 0, 'a zip archive', TO_TAR],
  ['PK\x05\x06', 0, 'a zip archive without files', TO_TAR],
  ['7z\xbc\xaf', 0, 'a 7z archive', TO_TAR],
  ['Rar!', 0, 'a RAR archive', TO_TAR],
  ['xar!', 0, 'a xar archive', TO_TAR],
  ['!<arch>\n', 0, 'a Debian package or another ar archive', 'Packages are no root file system'],
  ['\xed\xab\xee\xdb', 0, 'an RPM package', 'Packages are no root file system'],
  ['MSWIM\0\0\0', 0, 'a Windows image', 'It has no root file system of Linux'],
  ['07070', 0, 'a cpio archive, as an initramfs is', TO_TAR],
  ['\xc7\x71', 0, 'a cpio archive', TO_TAR],
  ['\x71\xc7', 0, 'a cpio archive', TO_TAR],
  ['\x7fELF', 0, 'a program', AGAIN],
  ['QFI\xfb', 0, 'the disk of a virtual machine (qcow2)', DISK],
  ['KDMV', 0, 'the disk of a virtual machine (VMDK)', DISK],
  ['vhdxfile', 0, 'the disk of a virtual machine (VHDX)', DISK],
  ['conectix', 0, 'the disk of a virtual machine (VHD)', DISK],
  ['<<< ', 0, 'the disk of a virtual machine (VDI)', DISK],
  ['CD001', 32769, 'an ISO image, usually an installer', TO_TAR],
  ['EFI PART', 512, 'the image of a whole disk', DISK],
  [
    'hsqs',
    0,
    'a SquashFS image',
    'Unpack it: sudo unsquashfs -d DIR FILE; then make a tar archive: ' +
      'sudo tar -C DIR -cf NAME.tar .',
  ],
  ['\x53\xef', 1080, 'an ext2, ext3 or ext4 image', MOUNT],
  ['XFSB', 0, 'an XFS image', MOUNT],
  ['_BHRfS_M', 65600, 'a Btrfs image', MOUNT],
  ['\xe2\xe1\xf5\xe0', 1024, 'an EROFS image', MOUNT],
  ['\x55\xaa', 510, 'the image of a whole disk', DISK],
]

/**
 * Why something that begins like this, and not like a tar archive, isn't unpacked, and the way on.
 */
export function strangeness(head: Buffer): string | undefined {
  const known = OTHERS.find(([magic, at]) => has(head, magic, at))
  if (known) return `is ${known[2]}, not a tar archive. ${known[3]}`
  if (head.length === 0) return 'is empty. Make or copy it again.'
  const text = head.toString('utf8', 0, 300).trim().replace(/\s+/g, ' ')
  if (/^(<!doctype|<html|<\?xml)/i.test(text))
    return 'is a web page, not an archive: the server may have said why. Read it, download again.'
  if (!/[^\p{L}\p{N}\p{P}\p{S}\s]/u.test(text.slice(0, 60)) && text)
    return `is text, not a tar archive: it begins with “${text.slice(0, 60)}”.`
  return undefined
}

const has = (head: Buffer, magic: string, at = 0) =>
  head.toString('latin1', at, at + magic.length) === magic
