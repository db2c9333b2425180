"""Invitations: tokens issued, withdrawn and issued anew, and what carries them to people."""
