# title: A class
# description: Two objects of one class: each method call works on its own self.

class Account:
    def __init__(self, owner, balance=0):
        self.owner = owner
        self.balance = balance

    def __repr__(self):
        return f"Account({self.owner!r}, {self.balance})"

    def pay(self, amount, other):
        if amount > self.balance:
            raise ValueError(f"{self.owner} has only {self.balance}")
        self.balance -= amount
        other.balance += amount
        return self.balance


def main():
    ada = Account("Ada", 50)
    ben = Account("Ben")
    ada_left = ada.pay(30, ben)
    ben_left = ben.pay(5, ada)
    print(ada_left, ben_left)
    print(ada, ben)
