"""What comes in and goes out: files, mailbox, phone, messages, other systems."""
